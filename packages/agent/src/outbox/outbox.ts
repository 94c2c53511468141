import { closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@forewarn/sdk";
import { type Appender, createAppender } from "./append.ts";
import { createKnowledge, type Knowledge } from "./knowledge.ts";
import { lockState } from "./lock.ts";
import { createReader, type Reader } from "./read.ts";
import { createRetention, type Limits, type Retention } from "./retention.ts";
import { openDatabase } from "./schema.ts";
import { createSettler, type Settler } from "./settle.ts";
import { damaged, notWritable, resultCode } from "./state-error.ts";

export type { Remembered } from "./append.ts";

/** The durable, ordered store between normalize and delivery: one file, one agent. */
export interface Outbox extends Appender, Knowledge, Reader, Settler, Retention {
  /** Writes what is still gathered, and frees the state directory. */
  close(): void;
}

/** Where the outbox lives and how it behaves. */
export interface OutboxOptions {
  /** The state directory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Told of a settlement that could not be written; it is kept in memory and tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Opens or makes the outbox in a state directory (mode 0700, files 0600) and locks it. Throws `StateError` where the
 * directory cannot be written, is in use by another agent, belongs to a newer version, or is damaged.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const { directory, clock, limits, onError } = options;
  const path = prepareDirectory(directory);
  const open: { close(): void }[] = [];
  const close = () => {
    for (const opened of open.splice(0).toReversed()) opened.close();
  };
  try {
    const lock = lockState(directory);
    open.push({ close: lock.release });
    const database = openDatabase(path, "FULL");
    open.push(database);
    const settling = openDatabase(path, "NORMAL");
    open.push(settling);
    const settler = createSettler(settling, onError);
    open.push(settler);
    const appender = createAppender(database, clock);
    return {
      ...appender,
      ...createKnowledge(database),
      ...createReader(database, appender.last),
      subscribe: settler.subscribe,
      settle: settler.settle,
      settling: settler.settling,
      ...createRetention(database, limits, clock, settler.flush),
      close,
    };
  } catch (error) {
    close();
    const code = resultCode(error);
    if (unusable.has(code)) throw notWritable(directory, error);
    throw unreadable.has(code) ? damaged(path, error) : error;
  }
}

/** SQLite's PERM, READONLY and CANTOPEN: a person has to change something about the files. */
const unusable: ReadonlySet<number | undefined> = new Set([3, 8, 14]);

/** SQLite's CORRUPT and NOTADB. */
const unreadable: ReadonlySet<number | undefined> = new Set([11, 26]);

/** Makes the directory and the files with their modes, before SQLite opens them: WAL and SHM inherit the mode. */
function prepareDirectory(directory: string): string {
  const path = join(directory, "outbox.db");
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const file of [path, join(directory, "agent.lock")]) createFile(file);
  } catch (error) {
    throw notWritable(directory, error);
  }
  return path;
}

function createFile(path: string): void {
  // A file that exists is never opened here: closing the descriptor would drop SQLite's locks on it.
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  closeSync(openSync(path, constants.O_CREAT | constants.O_WRONLY, 0o600));
}
