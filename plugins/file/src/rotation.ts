import { readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncDirectory } from "./open-file.ts";

const stamp = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(?:\.gz)?$/;

/** The days since the Unix epoch at an epoch millisecond, in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000);
}

/**
 * Renames a closed and synced file to `<name>.2026-11-22T20-15-03.123Z`, durably. The time is that of the rotation,
 * moved behind that of every rotated file already there: names sort by age and never collide, even where the clock
 * was set back. A file that is gone is left alone.
 */
export async function rotate(path: string, now: number): Promise<void> {
  const newest = (await rotatedFiles(path)).at(-1);
  const time = newest === undefined ? now : Math.max(now, timeOf(stampOf(path, newest)) + 1);
  try {
    await rename(path, `${path}.${new Date(time).toISOString().replaceAll(":", "-")}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Deletes the oldest rotated files of `path`, all but `keep`; one that stands there also compressed is one. */
export async function prune(path: string, keep: number): Promise<void> {
  const files = await rotatedFiles(path);
  const kept = new Set([...new Set(files.map((file) => stampOf(path, file)))].slice(-keep));
  for (const file of files) if (!kept.has(stampOf(path, file))) await unlink(file);
}

/** The rotated files of `path`, compressed or not, oldest first; files of other names beside them are none of ours. */
export async function rotatedFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix) && stamp.test(name.slice(prefix.length)))
    .sort()
    .map((name) => join(dirname(path), name));
}

/** Whether a rotated file is compressed. */
export function isCompressed(file: string): boolean {
  return file.endsWith(".gz");
}

/** When a rotated file of `path` was rotated, as its name says: the same whether it is compressed or not. */
function stampOf(path: string, file: string): string {
  return stamp.exec(file.slice(path.length + 1))?.[1] ?? "";
}

function timeOf(stamp: string): number {
  const [date = "", time = ""] = stamp.split("T");
  return Date.parse(`${date}T${time.replaceAll("-", ":")}`);
}
