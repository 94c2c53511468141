import { closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@forewarn/sdk";
import type { EventDraft } from "../normalize/draft.ts";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Observer } from "../source/observer.ts";
import { createAppender } from "./append.ts";
import type { Envelope } from "./envelope.ts";
import { createKnowledge } from "./knowledge.ts";
import { lockState } from "./lock.ts";
import { createReader, type Reader } from "./read.ts";
import { createRetention, type Limits, type Retained } from "./retention.ts";
import { openDatabase } from "./schema.ts";
import { createSettler, type Settlement } from "./settle.ts";
import { notWritable, resultCode } from "./state-error.ts";

/** What is stored in one transaction with the events: what the source has to remember. */
export interface Remembered {
  readonly lifecycles?: readonly Lifecycle[];
  /** By name. */
  readonly checkpoints?: Readonly<Record<string, unknown>>;
}

/** The durable, ordered store between normalize and delivery: one file, one agent. */
export interface Outbox extends Reader {
  /**
   * Stores events and what the source remembers in one durable transaction, and returns the events with their places.
   * Throws what SQLite throws; then nothing was stored.
   */
  append(drafts: readonly EventDraft[], observer: Observer, remembered: Remembered): readonly Envelope[];
  /** Every lifecycle that is still kept, by EventId in lower case. */
  lifecycles(): Map<string, Lifecycle>;
  /** What was stored under a name, or null. */
  checkpoint<T>(name: string): T | null;
  /** A sink's position: everything at or below is finished. A new sink begins now, or at the start. */
  subscribe(sink: string, from: "now" | "start"): number;
  /** Notes that events are finished at a sink; written together with others within 5 ms. */
  settle(sink: string, settlements: readonly Settlement[], position: number): void;
  /** Removes what the limits no longer allow; `sinks` are those that still hold events. */
  retain(sinks: readonly string[]): Retained;
  /** Bytes in use by the file. */
  size(): number;
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
 * directory cannot be written, is in use by another agent, or belongs to a newer version.
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
    return {
      ...createKnowledge(database),
      ...createReader(database),
      append: createAppender(database, clock),
      subscribe: settler.subscribe,
      settle: settler.settle,
      ...createRetention(database, limits, clock, settler.flush),
      close,
    };
  } catch (error) {
    close();
    throw unusable.has(resultCode(error)) ? notWritable(directory, error) : error;
  }
}

/** SQLite's PERM, READONLY and CANTOPEN: a person has to change something about the files. */
const unusable: ReadonlySet<number | undefined> = new Set([3, 8, 14]);

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
