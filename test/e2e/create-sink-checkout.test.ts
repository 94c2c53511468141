import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryPlace } from "./forewarn.ts";

const root = resolve(import.meta.dirname, "../..");

test("the README's line makes a sink in a checkout, whatever Node.js the machine has", () => {
  using place = temporaryPlace();
  const readme = readFileSync(join(root, "packages/create-sink/README.md"), "utf8");
  const [line = ""] = /^.*packages\/create-sink\/bin\/create-sink\.js plugins\/my-sink/m.exec(readme) ?? [];
  const target = join(place.path, "my-sink");
  const [program = "", ...args] = line.replace("plugins/my-sink", target).split(" ");
  // Who runs this test has the checkout's own Node.js first on the path.
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Made forewarn-sink-my-sink in ");
  expect(existsSync(join(target, "src/my-sink.ts"))).toBe(true);
});
