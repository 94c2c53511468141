import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf } from "../architecture/declarations.ts";
import { rooms } from "../architecture/workspace.ts";
import { type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn } from "./lines.ts";
import { npm, whyNoRegistry } from "./npm.ts";
import { type TestRegistry, startTestRegistry } from "./npm-registry.ts";

const root = resolve(import.meta.dirname, "../..");
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as unknown;

let place: Place;
let registry: TestRegistry;
/** Why packages of the public registry cannot be had here. */
let unreachable: string | undefined;

const run = (args: readonly string[]) => npm(place.path, args, registry.env);

beforeAll(async () => {
  place = temporaryPlace();
  for (const directory of ["packed", "src"]) mkdirSync(join(place.path, directory));
  registry = await startTestRegistry(["packages", "plugins"], join(place.path, "packed"));
  const { devDependencies } = json("package.json") as { devDependencies: Record<string, string> };
  // The testkit's peer, and what TypeScript wants; other versions would be other downloads.
  const { vitest, "@types/node": types } = devDependencies;
  const wanted = { vitest, "@types/node": types };
  place.file("package.json", JSON.stringify({ type: "module", devDependencies: wanted }));
  const names = rooms.map(({ manifest: { name, version } }) =>
    name.startsWith("@") ? name : `./packed/${name}-${version}.tgz`,
  );
  const { code, stdout, stderr } = await run(["install", ...names]);
  if (code === 0) return;
  unreachable = await whyNoRegistry(place.path);
  if (unreachable === undefined) throw new Error(`npm install: ${stdout}${stderr}`);
  console.log(`SKIPPED installing the packages into an empty project: ${unreachable}`);
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

describe("all packages, as published, in an empty project", () => {
  test("install without a conflict or a gap", async ({ skip }) => {
    if (unreachable !== undefined) skip(unreachable);
    const { code, stdout, stderr } = await run(["ls", "--all"]);
    expect(code, stdout + stderr).toBe(0);
  });

  test("run the README's example, what `npm start` runs", async ({ skip }) => {
    if (unreachable !== undefined) skip(unreachable);
    const { scripts } = json("package.json") as { scripts: Record<string, string> };
    const start = scripts["start"]?.split(" ") ?? [];
    expect(start[0]).toBe("forewarn");
    mkdirSync(join(place.path, "examples"));
    cpSync(join(root, "examples/quickstart"), join(place.path, "examples/quickstart"), { recursive: true });
    const { code, stdout, stderr } = await run(["exec", "--", ...start, "--time-scale", "4"]);
    expect(code, stdout + stderr).toBe(0);
    const count = eventsIn(place).length;
    expect(count).toBeGreaterThanOrEqual(6);
    expect(stdout).toContain(
      `The receiver took ${count} events: ${count} requests with a right signature, 0 refused, 0 duplicates.`,
    );
  });

  test.each([
    ["forewarn", "--version"],
    ["imds-simulator", "--list"],
    ["event-hubs-emulator", "--help"],
    ["create-sink", "--help"],
  ])("%s %s", async (...command) => {
    if (unreachable !== undefined) return;
    const { code, stdout, stderr } = await run(["exec", "--no", "--", ...command]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.length).toBeGreaterThan(4);
  });

  test("every entry can be imported", async ({ skip }) => {
    if (unreachable !== undefined) skip(unreachable);
    const specifiers = rooms.flatMap(entriesOf).map(({ specifier }) => specifier);
    expect(specifiers.length).toBeGreaterThan(10);
    // The testkit makes tests where it is imported, which only vitest allows.
    const imported = specifiers.filter((specifier) => specifier !== "@forewarn/testkit");
    const lines = imported.map((specifier, index) => `import * as m${index} from "${specifier}";`);
    const sizes = `console.log([${imported.map((_, index) => `Object.keys(m${index}).length`).join()}].join());`;
    place.file("imports.mjs", [...lines, sizes].join("\n"));
    const { code, stdout, stderr } = await run(["exec", "--no", "--", "node", "imports.mjs"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^[1-9]\d*(,[1-9]\d*)*\n$/);
  });

  test("the library's README has the types that it says", async ({ skip }) => {
    if (unreachable !== undefined) skip(unreachable);
    const readme = readFileSync(join(root, "packages/agent/README.md"), "utf8");
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    for (const [index, code] of blocks.entries()) place.file(`src/block-${index}.ts`, code);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false };
    const language = { target: "es2024", lib: ["es2024", "esnext.disposable"], module: "nodenext" };
    place.file(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { ...strict, ...language, types: ["node"] }, include: ["src"] }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { code, stdout } = await run(["exec", "--no", "--", "node", tsc, "-p", "."]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });
});
