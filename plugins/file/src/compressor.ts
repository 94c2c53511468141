import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, readdir, rename, stat, unlink, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { SinkContext } from "@forewarn/sdk";
import { syncDirectory } from "./open-file.ts";
import { isCompressed, rotatedFiles } from "./rotation.ts";

/** Compresses rotated files in the background, one at a time, the oldest first. */
export interface Compressor {
  /** Compresses every rotated file of `path` that is not yet, also those that a crash left over; returns at once. */
  compress(path: string): void;
  /** Gives up what is under way, without a trace: the next opening begins it anew. */
  close(): Promise<void>;
}

/** Makes a compressor; what it cannot compress it warns of, leaves as it is, and tries again when asked again. */
export function createCompressor(log: SinkContext["log"]): Compressor {
  const stop = new AbortController();
  let wanted: string | undefined;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (wanted !== undefined && !stop.signal.aborted) {
      const path = wanted;
      wanted = undefined;
      await attempt(path, async () => {
        await removeLeftovers(path);
        const files = (await rotatedFiles(path)).filter((file) => !isCompressed(file));
        for (const file of files) await attempt(file, () => gzip(file, stop.signal));
      });
    }
    working = undefined;
  }

  async function attempt(path: string, task: () => Promise<void>): Promise<void> {
    if (stop.signal.aborted) return;
    try {
      await task();
    } catch (error) {
      if (stop.signal.aborted) return;
      log.warn("rotated files could not be compressed, and stay as they are", { path, error: String(error) });
    }
  }

  return {
    compress(path) {
      wanted = path;
      working ??= work();
    },
    async close() {
      stop.abort();
      await working;
    },
  };
}

/** Compresses a rotated file; at every moment at least one of the two is whole and on disk. */
async function gzip(file: string, signal: AbortSignal): Promise<void> {
  // The dot keeps it out of `cat events.ndjson.*`.
  const temporary = join(dirname(file), `.${basename(file)}.gz.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const before = await stat(file);
    const target = createWriteStream(temporary, { flags: "wx", mode: 0o600, flush: true });
    await pipeline(createReadStream(file), createGzip(), target, { signal });
    await chmod(temporary, before.mode & 0o777);
    await utimes(temporary, before.atime, before.mtime);
    if ((await stat(file)).size !== before.size) throw new Error(`another program still writes to ${file}`);
    await rename(temporary, `${file}.gz`);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    if (isGone(error)) return;
    throw error;
  }
  await syncDirectory(dirname(file));
  try {
    await unlink(file);
  } catch (error) {
    if (!isGone(error)) throw error;
    await unlink(`${file}.gz`);
  }
}

/** Whether a file was deleted meanwhile, as the oldest one. */
function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** Deletes what a crash has left half compressed. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`;
  const names = await readdir(dirname(path));
  const leftovers = names.filter((name) => name.startsWith(prefix) && /Z\.gz\.[0-9a-f]{8}\.tmp$/.test(name));
  for (const name of leftovers) await unlink(join(dirname(path), name));
}
