import { isImdsError } from "@forewarn/imds";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, skipped } = about("identity");

/** For any VM with an identity Azure makes a token for its own management. */
const resource = "https://management.azure.com/";

/** Whether the VM has a managed identity, which only some sinks need; a token is asked for and never shown. */
export async function* checkIdentity({ client, instance }: Patient): AsyncIterable<Finding> {
  if (instance === null) return yield skipped("A managed identity cannot be asked for");
  try {
    const { clientId } = await client.token(resource);
    yield ok(`A managed identity is there${clientId === undefined ? "" : `: ${clientId}`}`);
  } catch (error) {
    if (!isImdsError(error)) throw error;
    const said = `${error.excerpt ?? ""} ${error.message}`;
    yield /multiple|more than one/i.test(said)
      ? ok("There are several managed identities; a sink names its own by clientId")
      : note(
          "There is no managed identity, which only sinks with auth: managed-identity need",
          "where one is wanted: az vm identity assign -g GROUP -n VM",
        );
  }
}
