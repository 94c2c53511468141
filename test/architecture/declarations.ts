import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Room, rooms, root, sourcesOf } from "./workspace.ts";

/** An entry of a package's `exports` that has types. */
export interface Entry {
  /** What the world imports: `@forewarn/sdk/ajv`. */
  readonly specifier: string;
  /** Below the repository's root. */
  readonly source: string;
}

/** The entries of a package that are made from a source. */
export function entriesOf({ folder, manifest }: Room): readonly Entry[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
    const source = (target as { readonly "@forewarn/source"?: string | null })["@forewarn/source"];
    if (typeof source !== "string") return [];
    return [{ specifier: join(manifest.name, path), source: join(folder, source) }];
  });
}

/** The declarations of every package as the compiler writes them from the sources of now, comments left out. */
export interface Declarations extends Disposable {
  /** The declaration made from a source, both below the repository's root. */
  read(source: string): string;
}

/** Runs the compiler once for all packages; throws with what it says where the sources have errors. */
export function emitDeclarations(): Declarations {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-declarations-"));
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      removeComments: true,
      rootDir: root,
      outDir: join(directory, "out"),
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [],
    // Every source, not only the entries: the compiler now and then leaves out what it reached by a package's name first.
    files: rooms.flatMap(({ folder }) => sourcesOf(`${folder}/src`)).map((source) => join(root, source)),
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(directory, "tsconfig.json")];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`tsc failed:\n${stdout}`);
  return {
    read: (source) => readFileSync(join(directory, "out", source.replace(/\.ts$/, ".d.ts")), "utf8"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
