import { isImdsError } from "@forewarn/imds";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("api-versions");

/** Whether the host knows the api-versions that are asked for. */
export async function* checkVersions({ client, versions, instance }: Patient): AsyncIterable<Finding> {
  if (instance === null) return yield skipped("The api-versions cannot be asked for");
  const { wanted } = versions;
  try {
    const known = (await versions.known()).toSorted();
    const newest = known.at(-1);
    if (known.includes(wanted))
      return yield ok(`The host knows api-version ${wanted}; its newest is ${newest}`);
    yield note(
      `The host does not know api-version ${wanted}; ${client.apiVersions().instance} is asked for instead, and its newest is ${newest}`,
      "nothing is to be done: fields that came later are missing",
    );
  } catch (error) {
    if (!isImdsError(error)) throw error;
    yield fail(`The api-versions cannot be read: ${error.message}`);
  }
}
