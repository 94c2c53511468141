import { mkdir, readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { CreateError } from "./create-error.ts";
import { packageNameOf, readSinkName, type SinkName } from "./sink-name.ts";

/** Where a package will stand, and what it will be called. */
export interface Target extends SinkName {
  /** Absolute. */
  readonly directory: string;
}

/**
 * Reads what the command line names: a directory (`my-sink`, `./sinks/pager`, `.`), or a package (`@acme/pager`),
 * which gets a directory named after its last part. A given `packageName` leaves the target to be a directory.
 */
export function readTarget(
  given: { readonly target: string; readonly packageName?: string },
  cwd: string,
): Target {
  const { target, packageName } = given;
  if (packageName === undefined && /^@[^/\\]+\/[^/\\]+$/.test(target)) {
    return { ...readSinkName(target), directory: resolve(cwd, basename(target)) };
  }
  const directory = resolve(cwd, target);
  return { ...readSinkName(packageName ?? packageNameOf(basename(directory))), directory };
}

/** Makes the directory where it is missing; throws `CreateError` where it holds anything but a `.git`. */
export async function takeDirectory(directory: string): Promise<void> {
  const names = await made(directory);
  const [first, ...others] = names.filter((name) => name !== ".git").toSorted();
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new CreateError(
    "place",
    `${directory} is not empty (${first}${more}): choose a new directory, or empty this one`,
  );
}

async function made(directory: string): Promise<readonly string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    throw placeError(directory, error);
  }
}

/** What the file system said of a path, as a sentence with its cure. */
export function placeError(path: string, error: unknown): CreateError {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  const message =
    code === "EEXIST" || code === "ENOTDIR"
      ? `${path} is a file, or lies below one: choose another directory`
      : `cannot write ${path} (${code}): choose a directory that you may write, on a disk with space`;
  return new CreateError("place", message, { cause: error });
}
