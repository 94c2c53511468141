import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { readSinkName, type SinkName } from "./sink-name.ts";
import { placeError, takeDirectory } from "./target.ts";

export { CreateError } from "./create-error.ts";
export { type SinkName } from "./sink-name.ts";

/** A package that was made. */
export interface CreatedSink extends SinkName {
  /** Absolute. */
  readonly directory: string;
  /** Every file, by its path in the directory, sorted. */
  readonly files: readonly string[];
}

const template = join(import.meta.dirname, "../template");

/**
 * The names that stand in the template: it is a working package by itself. One pattern, so that what was put in is
 * not replaced again.
 */
const placeholders = /forewarn-sink-my-sink|my-sink/g;

/**
 * Makes a sink package from the template in a new or empty directory, and never overwrites a file. Throws
 * `CreateError` on a bad name or a directory that cannot be used.
 */
export async function createSink(request: {
  readonly directory: string;
  readonly packageName: string;
}): Promise<CreatedSink> {
  const name = readSinkName(request.packageName);
  const directory = resolve(request.directory);
  await takeDirectory(directory);
  const fill = (text: string) =>
    text.replaceAll(placeholders, (found) => (found === "my-sink" ? name.type : name.packageName));
  const files = (await templateFiles()).map((source) => ({ source, path: fill(packed(source)) }));
  for (const { source, path } of files) {
    const text = fill(await readFile(join(template, source), "utf8"));
    await write(join(directory, path), text);
  }
  return { ...name, directory, files: files.map(({ path }) => path).toSorted() };
}

async function templateFiles(): Promise<readonly string[]> {
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)));
}

/** npm leaves a `.gitignore` out of a package, so the template's has no dot. */
function packed(path: string): string {
  return path === "gitignore" ? ".gitignore" : path;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    throw placeError(path, error);
  }
}
