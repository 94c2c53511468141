import { readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncDirectory } from "./open-file.ts";

const stamp = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

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
  const time = newest === undefined ? now : Math.max(now, timeOf(newest) + 1);
  try {
    await rename(path, `${path}.${new Date(time).toISOString().replaceAll(":", "-")}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Deletes the oldest rotated files of `path`, all but `keep`. */
export async function prune(path: string, keep: number): Promise<void> {
  const files = await rotatedFiles(path);
  for (const file of files.slice(0, Math.max(0, files.length - keep))) await unlink(file);
}

/** The rotated files of `path`, oldest first; files of other names beside them are none of ours. */
export async function rotatedFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix) && stamp.test(name.slice(prefix.length)))
    .sort()
    .map((name) => join(dirname(path), name));
}

function timeOf(file: string): number {
  const [date = "", time = ""] = file.slice(-24).split("T");
  return Date.parse(`${date}T${time.replaceAll("-", ":")}`);
}
