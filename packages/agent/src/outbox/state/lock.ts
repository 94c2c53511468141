import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { failureOf } from "./failure.ts";
import { notWritable, resultCode, StateError } from "./state-error.ts";

const busy = 5;

/** Kept here, since a connection that nothing refers to any more is closed by the garbage collector, lock and all. */
const held = new Set<DatabaseSync>();

/**
 * Takes the state directory for this process: `agent.lock` is a SQLite file held with `BEGIN EXCLUSIVE`, which the
 * kernel frees at any death, so nothing stale is ever left. Throws `StateError` where another agent holds it, or where
 * it cannot be held at all, and what SQLite throws where the disk fails.
 */
export function lockState(directory: string): { release(): void } {
  let database: DatabaseSync | undefined;
  try {
    // Whoever looks whether an agent is running (`forewarn status`) reads the file for a moment, and must not stop one.
    database = new DatabaseSync(join(directory, "agent.lock"), { timeout: 100 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (failureOf(error, join(directory, "agent.lock")) === "disk") throw error;
    if (resultCode(error) !== busy) throw notWritable(directory, error);
    throw new StateError(
      "STATE_LOCKED",
      `another forewarn agent uses the state directory ${directory}: stop it, or give this one a state.path of its own`,
      error,
    );
  }
  const lock = database;
  held.add(lock);
  return {
    release() {
      held.delete(lock);
      lock.close();
    },
  };
}
