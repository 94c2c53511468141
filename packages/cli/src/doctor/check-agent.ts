import { AskError, askStatus } from "../admin/ask.ts";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("agent");

/** How a running agent is. */
export async function* checkAgent({ settings, adminUrl, stored }: Patient): AsyncIterable<Finding> {
  if (settings === null) return yield skipped("Where an agent would answer is not known");
  if (adminUrl === null)
    return yield skipped("The admin server is off, so that no running agent can be asked");
  try {
    const { healthy, problems, version } = await askStatus(adminUrl, settings.state.path);
    if (healthy) yield ok(`An agent of version ${version} runs and is well`);
    for (const problem of problems) yield fail(`The running agent says: ${problem}`, "forewarn status");
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    yield stored?.running === true
      ? note(
          `An agent runs here and cannot be asked: ${error.message}`,
          error.cure ?? "the agent's log says why, at its start",
        )
      : note(`No agent runs here: ${error.message}`, error.cure ?? "forewarn run");
  }
}
