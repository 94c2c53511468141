import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";

const root = resolve(import.meta.dirname, "../..");

/** Runs the root's `prepare` script on a copy without anything around it. */
function prepare(place: Place, PATH = process.env["PATH"]) {
  mkdirSync(join(place.path, "scripts"));
  cpSync(join(root, "scripts/prepare.js"), join(place.path, "scripts/prepare.js"));
  place.file("package.json", '{ "type": "module" }');
  const options = { cwd: place.path, env: { PATH }, encoding: "utf8" } as const;
  return spawnSync(process.execPath, ["scripts/prepare.js"], options);
}

test("prepare is what npm runs, and plain JavaScript for any Node", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(scripts["prepare"]).toBe("node scripts/prepare.js");
});

test("where the development dependencies are left out, prepare says why it does nothing and what would, exit 0", () => {
  using place = temporaryPlace();
  const { status, stdout, stderr } = prepare(place);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(
    /^forewarn: not built, since the development dependencies are left out .*npm ci --include=dev\n$/,
  );
});

test.each([0, 3])("where they are there, prepare builds, and fails as the build does (%i)", (code) => {
  using place = temporaryPlace();
  mkdirSync(join(place.path, "node_modules/turbo"), { recursive: true });
  mkdirSync(join(place.path, "bin"));
  const npm = place.file("bin/npm", `#!/bin/sh\necho "npm $*"\nexit ${code}\n`);
  chmodSync(npm, 0o755);
  const { status, stdout } = prepare(place, [join(place.path, "bin"), "/usr/bin", "/bin"].join(delimiter));
  expect({ status, stdout }).toEqual({ status: code, stdout: "npm run --silent build\n" });
});

test("npx forewarn works in the checkout", async () => {
  const linked = join(root, "node_modules/.bin/forewarn");
  await using agent = forewarn(["--version"], { bin: linked });
  expect([await agent.exited(), agent.stderr()]).toEqual([0, ""]);
  await using simulator = forewarn(["--list"], { bin: join(root, "node_modules/.bin/imds-simulator") });
  expect([await simulator.exited(), simulator.stderr()]).toEqual([0, ""]);
});

test("tests run from source: a workspace's import is its src, never a stale dist", () => {
  const names = ["sdk", "sdk/ajv", "imds", "agent", "imds-simulator", "sink-file", "sink-webhook"];
  for (const name of names) expect(import.meta.resolve(`@forewarn/${name}`)).toMatch(/\/src\/[^/]+\.ts$/);
});
