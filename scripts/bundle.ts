/** A package's JavaScript: its entries, and what is generated from its schemas. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "tsdown";
import { configValidator, sinkValidator } from "./generate.ts";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly "@forewarn/source"?: string | null }>>;
}

/** A package of the workspace, as it is built. */
export interface Package {
  readonly name: string;
  /** What it exports, as its sources: `./src/sdk.ts`. */
  readonly sources: readonly string[];
}

/** Where its JavaScript is written, and how. */
export interface Target {
  /** Absolute. Emptied before. */
  readonly outDir: string;
  /** A directory for what is made on the way, below the workspace's `node_modules`, so that imports resolve. Emptied before. */
  readonly work: string;
  readonly sourcemap?: boolean;
}

/** The repository's root. */
export const root = resolve(import.meta.dirname, "..");

/** Forewarn speaks HTTP/1.1 only: without node:http2, which undici asks for and can miss, a process is 5 MB smaller. */
const withoutHttp2 = {
  name: "without-http2",
  resolveId: (id: string) => (id === "node:http2" ? "\0http2" : null),
  load: (id: string) => (id === "\0http2" ? "module.exports = { constants: {} };" : null),
};

/** Reads the manifest in a folder. */
export function readPackage(folder: string): Package {
  const { name, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const sources = Object.values(exports)
    .map((entry) => (typeof entry === "string" ? null : entry["@forewarn/source"]))
    .filter((source) => typeof source === "string");
  return { name, sources };
}

/** Writes all JavaScript of the package in a folder (absolute), and returns the modules that it holds, by the paths of their files. */
export async function bundlePackage(folder: string, target: Target): Promise<ReadonlySet<string>> {
  rmSync(target.work, { recursive: true, force: true });
  mkdirSync(target.work, { recursive: true });
  const from = readPackage(folder);
  const entries = [...from.sources, ...(existsSync(join(folder, "src/main.ts")) ? ["src/main.ts"] : [])];
  const modules = await bundle(folder, target, entries, true);
  const validator = await generate(folder, from);
  if (validator === null) return modules;
  const path = join(target.work, `${validator.name}.js`);
  writeFileSync(path, validator.code);
  return new Set([...modules, ...(await bundle(folder, target, [path], false))]);
}

/** Bundles what is not a dependency of the published package, and typebox, whose run-time code is 2 MB bundled and 22 not. */
async function bundle(
  folder: string,
  { outDir, sourcemap = false }: Target,
  entry: readonly string[],
  clean: boolean,
): Promise<ReadonlySet<string>> {
  const bundles = await build({
    cwd: folder,
    entry: [...entry],
    outDir,
    clean,
    sourcemap,
    config: false,
    dts: false,
    report: false,
    logLevel: "error",
    format: "esm",
    platform: "node",
    target: "node24",
    fixedExtension: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    plugins: [withoutHttp2],
    deps: { alwaysBundle: [/^typebox/], onlyBundle: false },
  });
  const chunks = bundles.flatMap((each) => each.chunks);
  return new Set(chunks.flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : [])));
}

/** Standalone validators still hold `require()` calls of ajv's run time, hence bundled like any source. */
async function generate(folder: string, { name, sources }: Package) {
  if (name.startsWith("@forewarn/sink-"))
    return { name: "validate", code: await sinkValidator(join(folder, sources[0] as string)) };
  if (name === "forewarn")
    return {
      name: "config-validator",
      code: await configValidator(join(folder, "src/config/schema/schema.ts")),
    };
  return null;
}
