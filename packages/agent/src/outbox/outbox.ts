import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "@forewarn/sdk";
import { finishQuarantine, positionsCheckpoint, quarantine } from "./repair/quarantine.ts";
import type { Limits } from "./retention/retention.ts";
import { failureOf } from "./state/failure.ts";
import { lockState } from "./state/lock.ts";
import { createPrivateFile } from "./state/private-file.ts";
import { notWritable, resultCode, StateError } from "./state/state-error.ts";
import { createLayers, type Degradation, type Layers } from "./layers.ts";
import { openStore, type Store } from "./store.ts";

export type { Remembered } from "./tables/append.ts";
export type { Degradation } from "./layers.ts";

/** The durable, ordered store between normalize and delivery: one file, one agent. */
export interface Outbox extends Omit<Layers, "move"> {
  /** Looks whether the file is still there; where it was deleted it is made again, with all that it held. */
  look(): void;
  /** Whether sinks begin at the start, since a damaged file had lost their positions. */
  lostPositions(): boolean;
  /** What was wrong since this was last asked, oldest first. */
  troubles(): readonly Degradation[];
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
 * Opens or makes the outbox in a state directory (mode 0700, files 0600) and locks it. On a full, read-only or broken
 * disk it begins in memory; a damaged file is put aside and what is whole of it goes into a new one. Throws
 * `StateError` where the directory cannot be written for another reason, is in use by another agent, or belongs to a
 * newer version.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const { directory, clock } = options;
  const path = join(directory, "outbox.db");
  const troubles: Degradation[] = [];
  let lock: { release(): void } | undefined;
  let lostPositions = false;

  /** Opens the file, a new one where it is damaged. */
  function openDisk(): Store {
    try {
      makeDirectory(directory);
      createPrivateFile(join(directory, "agent.lock"));
      lock ??= lockState(directory);
      finishQuarantine(path);
      createPrivateFile(path);
      return openStore(path, options);
    } catch (error) {
      // Our statements are right, so what they name is missing or misspelt in the file.
      if (failureOf(error, path) !== "damage" && resultCode(error) !== logicError) throw error;
      return renew(error);
    }
  }

  /** Puts the damaged file aside, which must be closed. */
  function renew(cause: unknown): Store {
    const done = quarantine(path, clock);
    lostPositions ||= !done.positions;
    troubles.push({ reason: "damage", message: (cause as Error).message, quarantine: done });
    return openStore(path, options);
  }

  function firstDisk(): Store | null {
    try {
      return openDisk();
    } catch (error) {
      if (failureOf(error, path) !== "disk") throw explained(error);
      troubles.push({ reason: "disk", message: (error as Error).message });
      return null;
    }
  }

  function explained(error: unknown): unknown {
    lock?.release();
    if (error instanceof StateError) return error;
    const isUnusable =
      unusable.has(resultCode(error)) || typeof (error as { code?: unknown }).code === "string";
    return isUnusable ? notWritable(directory, error) : error;
  }

  const layers = createLayers({
    ...options,
    path,
    disk: firstDisk(),
    openDisk,
    renew,
    tell: (trouble) => troubles.push(trouble),
  });
  /** What an open file of a deleted directory holds can still be read, and its lock holds nobody off. */
  function makeAgain(from: Store): Store {
    makeDirectory(directory);
    createPrivateFile(join(directory, "agent.lock"));
    const held = lockState(directory);
    lock?.release();
    lock = held;
    createPrivateFile(path);
    from.database.prepare("VACUUM INTO ?").run(path);
    from.close();
    const message = `${directory} was deleted while the agent used it; it is made again, with all that it held`;
    troubles.push({ reason: "deleted", message });
    return openStore(path, options);
  }

  // The run that found the damage may have ended before its sinks had their positions.
  lostPositions ||= layers.checkpoint<string>(positionsCheckpoint) === "lost";
  return {
    ...layers,
    lostPositions: () => lostPositions,
    look() {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) layers.move(makeAgain);
    },
    subscribe: (sink, from) => layers.subscribe(sink, lostPositions ? "start" : from),
    troubles: () => troubles.splice(0),
    close() {
      const loss = layers.close();
      lock?.release();
      return loss;
    },
  };
}

/** SQLite's ERROR: a table or a column is not there. */
const logicError = 1;

/** SQLite's PERM, READONLY and CANTOPEN: a person has to change something about the files. */
const unusable: ReadonlySet<number | undefined> = new Set([3, 8, 14]);

/** Node's own `recursive` never ends below a directory that takes no other one, such as /proc. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || statSync(parent, { throwIfNoEntry: false }) !== undefined) throw error;
    makeDirectory(parent);
    mkdirSync(path, { mode: 0o700 });
  }
}
