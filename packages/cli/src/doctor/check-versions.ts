import { isImdsError } from "@forewarn/imds";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("api-versions");

/** Whether the host knows the api-versions that are asked for. */
export async function* checkVersions({ client, versions, instance }: Patient): AsyncIterable<Finding> {
  if (instance === null) return yield skipped("The api-versions cannot be asked for");
  try {
    yield findingOf(versions.wanted, client.apiVersions().instance, await versions.known());
  } catch (error) {
    if (!isImdsError(error)) throw error;
    yield fail(`The api-versions cannot be read: ${error.message}`);
  }
}

/** What the list of a host says of the version that is wanted, and of the one that it answers. */
function findingOf(wanted: string, answered: string, known: readonly string[]): Finding {
  const newest = known.toSorted().at(-1);
  if (known.includes(wanted)) return ok(`The host knows api-version ${wanted}; its newest is ${newest}`);
  if (answered !== wanted) {
    return note(
      `The host does not know api-version ${wanted}; ${answered} is asked for instead${newest === undefined ? "" : `, and its newest is ${newest}`}`,
      "nothing is to be done: fields that came later are missing",
    );
  }
  const list =
    newest === undefined
      ? "although its list names none"
      : `which its list does not name; its newest is ${newest}`;
  return note(`The host answers api-version ${wanted}, ${list}`, "nothing is to be done");
}
