import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { PollCheckpoint } from "../../source/continuity.ts";
import { createKnowledge } from "../tables/knowledge.ts";
import { createReader } from "../tables/read.ts";
import { versionOf } from "../state/schema.ts";
import { resultCode } from "../state/state-error.ts";
import { explained, missing } from "./archive-error.ts";

/** What the state directory tells without an agent; times in epoch milliseconds. */
export interface Glance {
  /** Whether an agent has the directory now; null where that cannot be told. */
  readonly running: boolean | null;
  /** Of the last run or this one, at most 30 s behind. */
  readonly lastGoodPoll: number | null;
  /** Every sink that ever was, by name; also those that are no longer configured. */
  readonly sinks: readonly GlanceSink[];
}

/** What the outbox holds for one sink. */
export interface GlanceSink {
  readonly name: string;
  /** Events after the sink's place, wanted by it or not. */
  readonly pending: number;
  readonly oldest: number | null;
  readonly deadLetters: number;
}

/**
 * Reads a state directory that an agent may be using, without changing anything in it. Throws `StateError` where there
 * is no outbox or it cannot be read. Not for the agent's own process (docs/architecture.md).
 */
export function glance(directory: string): Glance {
  const path = join(directory, "outbox.db");
  try {
    return read(directory, path);
  } catch (error) {
    throw explained(error, path);
  }
}

function read(directory: string, path: string): Glance {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw missing(directory);
  const database = openReadOnly(path);
  try {
    if (versionOf(database, path) === 0) throw missing(directory);
    // A place is a number beyond all others here, so that the reader looks at the file and not at a memory of it.
    const reader = createReader(database, () => Number.MAX_SAFE_INTEGER, true);
    const positions = database.prepare("SELECT sink, position FROM subscription ORDER BY sink").all();
    return {
      running: isLocked(join(directory, "agent.lock")),
      lastGoodPoll: createKnowledge(database).checkpoint<PollCheckpoint>("poll")?.lastGood ?? null,
      sinks: positions.map(({ sink, position }) => {
        const { oldest } = reader.beyond(Number(position));
        return {
          name: String(sink),
          pending: reader.pending(String(sink), Number(position)),
          oldest,
          deadLetters: reader.deadLetters(String(sink), Number.MAX_SAFE_INTEGER),
        };
      }),
    };
  } finally {
    database.close();
  }
}

/** SQLite's BUSY and CANTOPEN. */
const [busy, cannotOpen] = [5, 14];

function openReadOnly(path: string): DatabaseSync {
  try {
    return opened(path);
  } catch (error) {
    if (resultCode(error) !== cannotOpen) throw error;
  }
  // A directory that this user may only read has no place for the index of the log: then without the log.
  const url = pathToFileURL(path);
  url.search = "immutable=1";
  return opened(url);
}

/** Opens and looks once: an error shows only with the first look. */
function opened(path: string | URL): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  try {
    database.prepare("PRAGMA user_version").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whoever holds the lock lets nobody read it. */
function isLocked(path: string): boolean | null {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    lock.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    return resultCode(error) === busy ? true : null;
  } finally {
    lock?.close();
  }
}
