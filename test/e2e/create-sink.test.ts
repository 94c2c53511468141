import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudEvent } from "@forewarn/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";
import { npm, whyNoRegistry } from "./npm.ts";
import { type TestRegistry, startTestRegistry } from "./npm-registry.ts";

let place: Place;
let registry: TestRegistry;
/** Why packages of the public registry cannot be had here. */
let unreachable: string | undefined;

beforeAll(async () => {
  place = temporaryPlace();
  for (const directory of ["packed", "app"]) mkdirSync(join(place.path, directory));
  const folders = ["sdk", "imds", "agent", "testkit", "create-sink"].map((name) => `packages/${name}`);
  registry = await startTestRegistry(folders, join(place.path, "packed"));
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  place[Symbol.dispose]();
});

const run = (directory: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  npm(join(place.path, directory), args, { ...registry.env, ...env });

/** Installs; where the public registry cannot be reached, the test is skipped with npm's words. */
async function install(
  directory: string,
  args: readonly string[],
  skip: (why: string) => never,
): Promise<void> {
  const { code, stdout, stderr } = await run(directory, ["install", ...args]);
  if (code !== 0) unreachable = await whyNoRegistry(place.path);
  if (unreachable !== undefined) {
    console.log(`SKIPPED building a package that create-sink has made: ${unreachable}`);
    skip(unreachable);
  }
  expect(code, stdout + stderr).toBe(0);
}

test("npm create @forewarn/sink my-sink makes a package", async () => {
  // A cache of its own, since npm would take the create-sink of an earlier run out of the usual one.
  const cache = { npm_config_cache: join(place.path, "npm-cache") };
  const { code, stdout, stderr } = await run(".", ["create", "--yes", "@forewarn/sink", "my-sink"], cache);
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toContain(`Made forewarn-sink-my-sink in ${join(place.path, "my-sink")}`);
  expect(readFileSync(join(place.path, "my-sink/.gitignore"), "utf8")).toContain("node_modules/");
});

test("npm install, npm test, npm run build: it passes the kit and makes JavaScript", async ({ skip }) => {
  await install("my-sink", [], skip);
  const tested = await run("my-sink", ["test"]);
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
  expect(tested.stdout).toMatch(/Tests {2}[3-9]\d passed/);
  const built = await run("my-sink", ["run", "build"]);
  expect(built.code, built.stdout + built.stderr).toBe(0);
});

test("forewarn loads it by path and by name, and its events arrive", async ({ skip }) => {
  if (unreachable !== undefined) skip(unreachable);
  const packed = await run("my-sink", ["pack", "--json", "--pack-destination", join(place.path, "app")]);
  expect(packed.code, packed.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("["))) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  expect(files.map(({ path }) => path)).toEqual([
    "README.md",
    "dist/my-sink.d.ts",
    "dist/my-sink.js",
    "package.json",
  ]);
  await install("app", [`./${filename}`], skip);

  await using recorder = await startHttpRecorder();
  const sink = (type: string, path: string) => ({
    type,
    options: { url: `${recorder.url}${path}`, token: "${env:TOKEN}" },
  });
  const config = place.file(
    "app/forewarn.json",
    JSON.stringify({
      imds: { pollInterval: "100ms" },
      admin: "off",
      sinks: {
        path: sink("../my-sink/dist/my-sink.js", "/path"),
        name: sink("forewarn-sink-my-sink", "/name"),
      },
    }),
  );
  const env = { TOKEN: "correct-horse-battery-staple" };
  await using validate = forewarn(["validate", "-c", config], { env });
  expect([await validate.exited(), validate.stdout()]).toEqual([
    0,
    `${config} is valid: 2 sinks: path (../my-sink/dist/my-sink.js), name (forewarn-sink-my-sink).\n`,
  ]);
  await using agent = forewarn(["run", "--simulate", "demo", "--time-scale", "20", "-c", config], { env });
  expect(await agent.exited(), agent.stderr()).toBe(0);

  const arrived = (path: string) =>
    recorder.requests
      .filter((request) => request.path === path)
      .map(({ body }) => (JSON.parse(body) as CloudEvent).type.replace("io.forewarn.", ""));
  // Order is promised within a story, not between stories.
  expect(arrived("/name").toSorted()).toEqual(arrived("/path").toSorted());
  expect(arrived("/path")).toEqual(
    expect.arrayContaining(["agent.started", "scheduledevent.scheduled", "scheduledevent.completed"]),
  );
  expect(new Set(recorder.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set([`Bearer ${env.TOKEN}`]),
  );
});
