import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// Node's own loader, outside the repository: vitest would resolve and transform the modules by itself.
const home = mkdtempSync(join(tmpdir(), "forewarn-sinks-"));
const config = join(home, "config");

function write(path: string, text: string): void {
  const absolute = join(home, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
}

function npmPackage(
  path: string,
  name: string,
  files: Readonly<Record<string, string>>,
  exports: unknown,
): void {
  write(`${path}/package.json`, JSON.stringify({ name, type: "module", exports }));
  for (const [file, text] of Object.entries(files)) write(`${path}/${file}`, text);
}

const sink = (type: string) => `import { defineSink, Type } from "@forewarn/sdk";
export const made = defineSink({ type: "${type}", summary: "", options: Type.Object({}), open: () => ({ deliver: async () => {} }) });
`;

beforeAll(() => {
  write("config/defined.ts", `const typed: string = "x"; ${sink("defined")} export { typed };`);
  write("config/function.mts", "export default async (event: object, context: object): Promise<void> => {};");
  write(
    "config/common.cjs",
    'const { defineSink, Type } = require("@forewarn/sdk"); module.exports = defineSink({ type: "common", summary: "", options: Type.Object({}), open: () => ({}) });',
  );
  write("config/enum.ts", "enum Level { low }\nexport default () => Level.low;");
  write("config/syntax.js", "export default (event => {");
  write("config/throws.js", "\nthrow new TypeError('no licence\\nsecond line');");
  write("config/imports.js", 'import "left-pad/deep"; export default () => {};');
  write("config/relative.js", 'import "./gone.js"; export default () => {};');
  write("config/notes.md", "no module");
  write("config/folder/x.js", "");
  npmPackage(
    "config/node_modules/@acme/esm-only",
    "@acme/esm-only",
    { "x.js": sink("esm-only") },
    { ".": { import: "./x.js" } },
  );
  npmPackage(
    "config/node_modules/@acme/typescript",
    "@acme/typescript",
    { "x.ts": sink("typescript") },
    "./x.ts",
  );
  npmPackage("config/node_modules/@acme/unbuilt", "@acme/unbuilt", {}, "./dist/x.js");
  npmPackage("config/node_modules/@acme/closed", "@acme/closed", {}, { "./other": "./x.js" });
  npmPackage(
    "work/node_modules/@forewarn/sink-local",
    "@forewarn/sink-local",
    { "x.js": sink("local"), "v.js": "export const validate = Object.assign(() => true, { errors: null });" },
    { ".": "./x.js", "./validate": "./v.js" },
  );
  // A module of its own contract: where one is installed it is used, and known all the same.
  mkdirSync(join(home, "own/node_modules/@forewarn"), { recursive: true });
  symlinkSync(join(import.meta.dirname, "../../../sdk"), join(home, "own/node_modules/@forewarn/sdk"));
  write("own/sink.ts", sink("own"));
  write(
    "load.mjs",
    `const [load, options] = await Promise.all(["load", "options-validator"].map((file) => import(${JSON.stringify(import.meta.dirname)} + "/" + file + ".ts")));
const results = {};
for (const type of process.argv.slice(2)) {
  const result = await load.loadSink(type, { from: ${JSON.stringify(config)}, cwd: process.cwd() });
  if ("finding" in result) { results[type] = result.finding; continue; }
  const { validator } = await options.optionsValidator(result);
  results[type] = { type: result.definition.type, valid: validator({}), compiled: "schema" in validator };
}
process.stdout.write(JSON.stringify(results));`,
  );
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

async function load(...types: readonly string[]): Promise<Record<string, unknown>> {
  mkdirSync(join(home, "work"), { recursive: true });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@forewarn/source", join(home, "load.mjs"), ...types],
    { cwd: join(home, "work"), env: {} },
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout.replaceAll(home, "~")) as Record<string, unknown>;
}

test("files and packages outside this repository are loaded, and may import @forewarn/sdk", async () => {
  const types = [
    "./defined.ts",
    "./function.mts",
    "./common.cjs",
    "../own/sink.ts",
    "@acme/esm-only",
    "local",
    "file",
    "webhook",
  ];
  const valid = { valid: true, compiled: true };
  expect(await load(...types)).toMatchObject({
    "./defined.ts": { type: "defined", ...valid },
    "./function.mts": { type: "function", ...valid },
    "./common.cjs": { type: "common", ...valid },
    "../own/sink.ts": { type: "own", ...valid },
    "@acme/esm-only": { type: "esm-only", ...valid },
    local: { type: "local", valid: true, compiled: false },
    file: { type: "file" },
    webhook: { type: "webhook" },
  });
});

test("TypeScript that Node cannot run becomes a sentence", async () => {
  expect(await load("./enum.ts", "@acme/typescript")).toMatchInlineSnapshot(`
    {
      "./enum.ts": {
        "code": "CONFIG_SINK_TYPESCRIPT",
        "message": "./enum.ts uses TypeScript that Node cannot run: TypeScript enum is not supported in strip-only mode (~/config/enum.ts:1)",
        "suggestion": "Node only removes types: write no enum, namespace or parameter property, or compile it to JavaScript",
      },
      "@acme/typescript": {
        "code": "CONFIG_SINK_TYPESCRIPT",
        "message": "@acme/typescript is TypeScript below node_modules, which Node refuses to run",
        "suggestion": "a package must ship JavaScript; a .ts file of your own must lie outside node_modules",
      },
    }
  `);
});

test("a module that cannot be loaded is named, with its message and place", async () => {
  expect(await load("./throws.js", "./syntax.js", "./imports.js", "./relative.js", "./notes.md"))
    .toMatchInlineSnapshot(`
      {
        "./imports.js": {
          "code": "CONFIG_SINK_IMPORT_FAILED",
          "message": "./imports.js imports left-pad, which does not exist",
          "suggestion": "npm install left-pad",
        },
        "./notes.md": {
          "code": "CONFIG_SINK_IMPORT_FAILED",
          "message": "./notes.md is no JavaScript or TypeScript",
          "suggestion": "a sink is a .js, .mjs, .cjs, .ts or .mts file",
        },
        "./relative.js": {
          "code": "CONFIG_SINK_IMPORT_FAILED",
          "message": "./relative.js imports ~/config/gone.js, which does not exist",
          "suggestion": "correct the path, with its extension, or build the package",
        },
        "./syntax.js": {
          "code": "CONFIG_SINK_IMPORT_FAILED",
          "message": "./syntax.js cannot be loaded: SyntaxError: Unexpected end of input",
          "suggestion": "node --check ~/config/syntax.js shows the place",
        },
        "./throws.js": {
          "code": "CONFIG_SINK_IMPORT_FAILED",
          "message": "./throws.js cannot be loaded: TypeError: no licence (~/config/throws.js:2)",
          "suggestion": "the module must load without an error; correct it, or ask its author",
        },
      }
    `);
});

test("what is not there is named, with its cure", async () => {
  expect(
    await load(
      "nowhere",
      "@acme/nowhere",
      "./defined.js",
      "./folder",
      "@acme/unbuilt",
      "@acme/closed",
      "./Defined.ts",
    ),
  ).toMatchInlineSnapshot(`
    {
      "./Defined.ts": {
        "code": "CONFIG_SINK_NOT_FOUND",
        "message": "there is no file ~/config/Defined.ts",
        "suggestion": "did you mean ./defined.ts?",
      },
      "./defined.js": {
        "code": "CONFIG_SINK_NOT_FOUND",
        "message": "there is no file ~/config/defined.js",
        "suggestion": "did you mean ./defined.ts?",
      },
      "./folder": {
        "code": "CONFIG_SINK_NOT_FOUND",
        "message": "./folder is a directory",
        "suggestion": "name the file in it that exports the sink",
      },
      "@acme/closed": {
        "code": "CONFIG_SINK_IMPORT_FAILED",
        "message": "@acme/closed exports nothing under that name",
        "suggestion": "its package.json must export the sink's module",
      },
      "@acme/nowhere": {
        "code": "CONFIG_SINK_NOT_FOUND",
        "message": "the package @acme/nowhere is not installed",
        "suggestion": "npm install @acme/nowhere",
      },
      "@acme/unbuilt": {
        "code": "CONFIG_SINK_IMPORT_FAILED",
        "message": "@acme/unbuilt is installed without its file ~/config/node_modules/@acme/unbuilt/dist/x.js",
        "suggestion": "install or build it again",
      },
      "nowhere": {
        "code": "CONFIG_SINK_NOT_FOUND",
        "message": "there is no sink nowhere: the package @forewarn/sink-nowhere is not installed",
        "suggestion": "npm install @forewarn/sink-nowhere",
      },
    }
  `);
});
