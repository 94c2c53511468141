import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { parseSize, type Sink, type SinkContext } from "@forewarn/sdk";
import { createCompressor } from "./compressor.ts";
import type { FileOptions } from "./file-options.ts";
import { fileError } from "./file-error.ts";
import { type OpenFile, append, currentSize, endsTorn, openFile } from "./open-file.ts";
import { dayOf, prune, rotate } from "./rotation.ts";
import { createSyncing } from "./syncing.ts";

/** A sink that appends to a file; nothing is opened before the first batch. */
export function openRotatingFile(
  { path, rotateSize, rotateDaily, keep, gzip, fsync }: FileOptions,
  { clock, log }: Pick<SinkContext, "clock" | "log">,
): Sink {
  const maxSize = parseSize(rotateSize) || Number.POSITIVE_INFINITY;
  const rotates = rotateDaily || Number.isFinite(maxSize);
  const compressor = gzip ? createCompressor(log) : undefined;
  const syncing = createSyncing(fsync, { path, clock, log });
  let current: OpenFile | undefined;
  /** The size at which the file is known to end with a whole line. */
  let wholeAt = 0;
  /** The day of the last line. */
  let day = 0;

  async function close(): Promise<void> {
    const { handle } = current ?? {};
    current = undefined;
    if (handle === undefined) return;
    try {
      await syncing.finish(handle);
    } finally {
      await handle.close();
    }
  }

  /** Opens the file, again where another took its place, and ends a line that a crash has torn. */
  async function attach(): Promise<{ readonly file: OpenFile; readonly size: number }> {
    let size = current && (await currentSize(path, current));
    if (current === undefined || size === undefined) {
      await close();
      current = await openFile(path);
      ({ size } = current);
      wholeAt = 0;
      day = dayOf(size > 0 ? current.modified : clock.now());
      compressor?.compress(current.realPath);
    }
    if (size !== wholeAt && (await endsTorn(current, size))) {
      await append(current, Buffer.from("\n"));
      size += 1;
    }
    return { file: current, size };
  }

  async function rotateAway({ realPath }: OpenFile): Promise<void> {
    await close();
    await rotate(realPath, clock.now());
    await prune(realPath, keep).catch((error: unknown) => {
      log.warn("old rotated files could not be deleted", { path: realPath, error: String(error) });
    });
  }

  return {
    async deliver(batch, { signal }) {
      const lines = Buffer.from(`${batch.encoded.join("\n")}\n`);
      try {
        let { file, size } = await attach();
        const now = dayOf(clock.now());
        const isDue = size + lines.length > maxSize || (rotateDaily && now !== day);
        if (size > 0 && isDue) {
          await rotateAway(file);
          ({ file, size } = await attach());
        }
        signal.throwIfAborted();
        await append(file, lines);
        await syncing.written(file.handle);
        wholeAt = size + lines.length;
        day = now;
      } catch (error) {
        // What was written of this batch is unknown: the next attempt opens the file anew and looks.
        await close().catch(() => undefined);
        throw fileError(path, error);
      }
    },
    async probe() {
      try {
        const { file } = await attach();
        if (rotates) await access(dirname(file.realPath), constants.W_OK);
      } catch (error) {
        await close().catch(() => undefined);
        throw fileError(path, error);
      }
    },
    async close() {
      await compressor?.close();
      await close();
    },
  };
}
