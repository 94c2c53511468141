import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StateError } from "./state-error.ts";

/**
 * Takes the state directory for this process: `agent.lock` is a SQLite file held with `BEGIN EXCLUSIVE`, which the
 * kernel frees at any death, so nothing stale is ever left. Throws `StateError` where another agent holds it.
 */
export function lockState(directory: string): { release(): void } {
  const database = new DatabaseSync(join(directory, "agent.lock"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new StateError(
      "STATE_LOCKED",
      `another forewarn agent uses the state directory ${directory}: stop it, or give this one a state.path of its own`,
      error,
    );
  }
  return { release: () => database.close() };
}
