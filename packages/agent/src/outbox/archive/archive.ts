import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Vm } from "@forewarn/sdk";
import type { Approval } from "../../normalize/lifecycle.ts";
import { type Observer, sourceOf } from "../../source/observer.ts";
import { createKnowledge } from "../tables/knowledge.ts";
import { createWishing, type Wishing } from "../tables/wishes.ts";
import { versionOf } from "../state/schema.ts";
import { explained, missing } from "./archive-error.ts";
import { createHistory, type History } from "./history.ts";
import { createLetters, type Letters } from "./letters.ts";

/**
 * The outbox seen from another process than the agent's, which may run or not. Every method throws `StateError` where
 * the file is damaged, locked for more than 5 s, or not this user's.
 */
export interface Archive extends History, Letters, Wishing, Disposable {
  /** Who observes here; null while no instance document was ever read. */
  observer(): Observer | null;
  /** How far the approval of an event (EventId in any case) has come; null where it is not known. */
  approval(eventId: string): Approval | null;
  close(): void;
}

const busyMs = 5000;

/**
 * Opens the outbox of a state directory beside a running agent or without one, for reading, or to change dead letters,
 * too. Throws `StateError` where there is none, where this user may not, or where a newer version wrote it.
 */
export function openArchive(directory: string, mode: "read" | "write" = "read"): Archive {
  const path = join(directory, "outbox.db");
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explained(error, path);
    }
  };
  const database = guarded(() => open(directory, path, mode));
  const knowledge = createKnowledge(database);
  const archive: Archive = {
    ...createHistory(database),
    ...createLetters(database),
    ...createWishing(database),
    approval: (eventId) => knowledge.lifecycles().get(eventId.toLowerCase())?.approval ?? null,
    observer() {
      const vm = knowledge.checkpoint<Vm>("instance");
      const agentId = knowledge.checkpoint<string>("agent");
      return vm === null || agentId === null ? null : { source: sourceOf(vm, agentId), vm, simulated: false };
    },
    close: () => database.close(),
    [Symbol.dispose]: () => database.close(),
  };
  return Object.fromEntries(
    Reflect.ownKeys(archive).map((name) => {
      const method = archive[name as keyof Archive] as (...args: readonly unknown[]) => unknown;
      return [name, (...args: readonly unknown[]) => guarded(() => method(...args))];
    }),
  ) as unknown as Archive;
}

function open(directory: string, path: string, mode: "read" | "write"): DatabaseSync {
  // A look that opens nothing: whoever closes a descriptor of this file drops SQLite's locks in its process.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw missing(directory);
  const database = new DatabaseSync(path, { readOnly: mode === "read", timeout: busyMs });
  try {
    if (versionOf(database, path) === 0) throw missing(directory);
    if (mode === "write") database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
