import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The repository's root. */
export const root = resolve(import.meta.dirname, "../..");

/** The parts of a `package.json` that the tests read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly license?: string;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A workspace package. */
export interface Room {
  /** `packages/sdk`. */
  readonly folder: string;
  /** `sdk`. */
  readonly name: string;
  readonly manifest: Manifest;
}

/** Reads a file of the repository. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every package of `packages` and `plugins`. */
export const rooms: readonly Room[] = globSync(["packages/*", "plugins/*"], { cwd: root })
  .filter((folder) => existsSync(join(root, folder, "package.json")))
  .toSorted()
  .map((folder) => ({
    folder,
    name: folder.replace(/^.*[/\\]/, ""),
    manifest: JSON.parse(read(`${folder}/package.json`)) as Manifest,
  }));

/** TypeScript sources below a folder, tests left out unless asked for. */
export function sourcesOf(folder: string, tests = false): readonly string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (path) => /node_modules|dist/.test(path) })
    .filter((path) => tests || !/(\.test\.ts$|[/\\]fixtures[/\\])/.test(path))
    .toSorted();
}

/** What a source imports, statically, dynamically or as a type. */
export function importsOf(path: string): readonly string[] {
  const text = read(path).replaceAll(/^\s*(\/\*\*?|\*|\/\/).*$/gm, "");
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([@\w./:#-]+)["']/g);
  return [...found].map((match) => match[1] as string);
}
