import type { FileHandle } from "node:fs/promises";
import type { SinkContext } from "@forewarn/sdk";
import type { FileOptions } from "./file-options.ts";

/** Makes what was written survive a power loss, when its policy says. */
export interface Syncing {
  /** Something was written; resolves when it may count as delivered. */
  written(handle: FileHandle): Promise<void>;
  /** To be called before the handle is closed: nothing more is done with it afterwards. */
  finish(handle: FileHandle): Promise<void>;
}

const intervalMs = 1000;

/** `always` syncs what was written before it counts, `interval` within a second, `never` leaves it to the system. */
export function createSyncing(
  policy: FileOptions["fsync"],
  context: Pick<SinkContext, "clock" | "log"> & { readonly path: string },
): Syncing {
  if (policy === "interval") return createIntervalSyncing(context);
  const nothing = () => Promise.resolve();
  // A file that is put away may hold the end of a torn line, which no batch has synced.
  const sync = (handle: FileHandle) => handle.datasync();
  return policy === "always" ? { written: sync, finish: sync } : { written: nothing, finish: nothing };
}

function createIntervalSyncing({
  path,
  clock,
  log,
}: Pick<SinkContext, "clock" | "log"> & { readonly path: string }): Syncing {
  let pending: { readonly done: Promise<void>; readonly hurry: AbortController } | undefined;

  async function later(handle: FileHandle, hurry: AbortSignal): Promise<void> {
    await clock.sleep(intervalMs, hurry);
    pending = undefined;
    try {
      await handle.datasync();
    } catch (error) {
      log.error("the events of the last second may not survive a power loss: they could not be synced", {
        path,
        error: String(error),
      });
    }
  }

  return {
    async written(handle) {
      if (pending !== undefined) return;
      const hurry = new AbortController();
      pending = { hurry, done: later(handle, hurry.signal) };
    },
    async finish() {
      const { hurry, done } = pending ?? {};
      hurry?.abort();
      await done;
    },
  };
}
