/**
 * Builds the package of the current directory into `dist`: JavaScript by tsdown, `.d.ts` by tsc, and what is
 * generated from its schemas. Every package's build script calls this, so that no package has a configuration of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build } from "tsdown";
import { configValidator, jsonSchemas, sinkValidator } from "./generate.ts";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly "@forewarn/source"?: string | null }>>;
}

const root = resolve(import.meta.dirname, "..");
const here = process.cwd();
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const work = join(root, "node_modules/.cache/forewarn", manifest.name.replace("/", "-"));

const sources = Object.values(manifest.exports)
  .map((entry) => (typeof entry === "string" ? null : entry["@forewarn/source"]))
  .filter((source) => typeof source === "string");
const entries = [...sources, ...(existsSync("src/main.ts") ? ["src/main.ts"] : [])];

/** Forewarn speaks HTTP/1.1 only: without node:http2, which undici asks for and can miss, a process is 5 MB smaller. */
const withoutHttp2 = {
  name: "without-http2",
  resolveId: (id: string) => (id === "node:http2" ? "\0http2" : null),
  load: (id: string) => (id === "\0http2" ? "module.exports = { constants: {} };" : null),
};

/** Bundles what is not a dependency of the published package, and typebox, whose run-time code is 2 MB bundled and 22 not. */
async function bundle(entry: readonly string[], clean: boolean): Promise<void> {
  await build({
    entry: [...entry],
    outDir: "dist",
    clean,
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
}

/** Type declarations see other packages as the world does, through their `dist`. */
function declare(): void {
  const path = join(work, "tsconfig.json");
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      customConditions: [],
      rootDir: join(here, "src"),
      outDir: join(here, "dist"),
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [],
    files: sources.map((source) => join(here, source)),
  };
  writeFileSync(path, JSON.stringify(config));
  const compiled = spawnSync("tsc", ["-p", path], { stdio: "inherit" });
  if (compiled.status !== 0) throw new Error(`tsc failed in ${relative(root, here)}`);
}

/** Standalone validators still hold `require()` calls of ajv's run time, hence bundled like any source. */
async function generate(): Promise<void> {
  if (manifest.name === "@forewarn/sdk") await jsonSchemas(join(here, "schemas"));
  const [name, code] = manifest.name.startsWith("@forewarn/sink-")
    ? ["validate", await sinkValidator(join(here, sources[0] as string))]
    : manifest.name === "forewarn"
      ? ["config-validator", await configValidator(join(here, "src/config/schema/schema.ts"))]
      : ["", ""];
  if (code === "") return;
  const path = join(work, `${name}.js`);
  writeFileSync(path, code);
  await bundle([path], false);
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
await bundle(entries, true);
if (sources.length > 0) declare();
await generate();
