import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { AskError, askStatus } from "../admin/ask.ts";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("agent");

/** Whether the state directory can be written, and how a running agent is. */
export async function* checkAgent({ settings, adminUrl }: Patient): AsyncIterable<Finding> {
  if (settings === null) return yield skipped("Where the agent keeps its state is not known");
  const { path } = settings.state;
  const trouble = writeTrouble(path);
  yield trouble === null
    ? ok(`${path} can be written by whoever runs this`)
    : fail(
        `${path} cannot be written by whoever runs this: ${trouble}`,
        "run this as the agent's user; else give the directory to that user, or choose another by state.path",
      );
  if (adminUrl === null)
    return yield skipped("The admin server is off, so that no running agent can be asked");
  try {
    const { healthy, problems, version } = await askStatus(adminUrl);
    if (healthy) yield ok(`An agent of version ${version} runs and is well`);
    for (const problem of problems) yield fail(`The running agent says: ${problem}`, "forewarn status");
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    yield note(`No agent runs here: ${error.message}`, "forewarn run");
  }
}

/** What a directory that may not exist yet lacks to be written; null where nothing. */
function writeTrouble(path: string): string | null {
  for (let place = path; ; place = dirname(place)) {
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && dirname(place) !== place) continue;
      return (error as Error).message;
    }
  }
}
