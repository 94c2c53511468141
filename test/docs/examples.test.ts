import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../architecture/workspace.ts";

const examples = join(root, "examples");
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const list = readFileSync(join(examples, "README.md"), "utf8");

test.each(folders)("examples/%s has a README, and a row in the list of all", (folder) => {
  expect(existsSync(join(examples, folder, "README.md"))).toBe(true);
  expect(list.split("\n").filter((line) => line.startsWith(`| [${folder}](${folder})`))).toHaveLength(1);
});

test("the list names no example that is not there", () => {
  const named = [...list.matchAll(/^\| \[([\w-]+)\]\(/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(folders.toSorted());
});
