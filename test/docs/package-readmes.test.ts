import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../packages/cli/src/commands.ts";
import { documents, root } from "./documents.ts";

const readmes = documents.filter(({ path }) => /^(packages|plugins)\/[^/]+\/README\.md$/.test(path));

describe.each(readmes.map((readme) => [readme.path, readme] as const))("%s", (path, { text, blocks }) => {
  const { name } = JSON.parse(readFileSync(join(root, path, "../package.json"), "utf8")) as { name: string };

  test("begins with the package's name, and says in its first lines what it belongs to", () => {
    expect(text.split("\n")[0]).toBe(`# ${name}`);
    expect(text.slice(0, 1200)).toMatch(/Forewarn|Azure Instance Metadata Service/);
  });

  test("has an example, and says how it is had: installed, or with forewarn", () => {
    expect(blocks.length).toBeGreaterThan(0);
    expect(text).toMatch(/npm install|npm create|npx @forewarn|comes with `forewarn`/);
  });

  test("says which Node.js it needs, or is no program", () => {
    const isOfSink = path.startsWith("plugins/") || /\/(agent|sdk|testkit)\//.test(path);
    expect(isOfSink || /Node(?:\.js)? 24\.11/.test(text)).toBe(true);
  });
});

test("the README of forewarn has a line for each command", () => {
  const text = readmes.find(({ path }) => path === "packages/cli/README.md")?.text ?? "";
  const table = text.split("\n## Commands\n")[1] ?? "";
  const named = [...table.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name = ""]) => name);
  expect(named).toEqual(commands.map(({ name }) => name));
});
