import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { documents, root } from "./documents.ts";

const page = documents.find(({ path }) => path === "docs/architecture.md")?.text ?? "";
/** Not rooms of the product: what tests stand on. */
const besides = new Set(["fixtures", "golden", "testing"]);

/** The part of the page about one room, by its heading. */
const partOf = (heading: string) => page.split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? "";

describe.each([
  ["packages/agent/src", "Inside the agent"],
  ["packages/cli/src", "Inside the binary"],
  ["packages/cli/src/config", "Inside the configuration"],
  ["packages/simulator/src", "Inside the simulator"],
])("%s", (room, heading) => {
  test("every folder has a line, and every line a folder", () => {
    const folders = globSync("*/", { cwd: join(root, room) }).map((path) => basename(path));
    const lines = [...partOf(heading).matchAll(/^\| (`\w[^|]*\/`) *\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([\w-]+)\/`/g)].map(([, folder = ""]) => folder),
    );
    expect(lines.toSorted()).toEqual(folders.filter((folder) => !besides.has(folder)).toSorted());
  });
});

test("every file that the page names is there", () => {
  const named = [...page.matchAll(/`((?:[\w-]+\/)*[\w-]+\.ts)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(8);
  const rooms = ["", "packages/agent/src", "packages/cli/src", "packages/cli/src/config"];
  const missing = named.filter((path) => !rooms.some((room) => existsSync(join(root, room, path))));
  expect(missing).toEqual([]);
});

test("every package, and every room that is none, stands in the table", () => {
  const packages = globSync("packages/*/package.json", { cwd: root }).map((path) => path.split(/[/\\]/)[1]);
  expect(packages.length).toBeGreaterThan(7);
  expect(packages.filter((name) => !page.includes(`| \`packages/${name}\``))).toEqual([]);
});
