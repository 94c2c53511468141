import { existsSync, globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, sourcesOf } from "../architecture/workspace.ts";
import { documents, root } from "./documents.ts";

const page = documents.find(({ path }) => path === "docs/architecture.md")?.text ?? "";
/** Not rooms of the product: what tests stand on. */
const besides = new Set(["fixtures", "golden", "testing"]);

/** The part of the page about one room, by its heading. */
const partOf = (heading: string) => page.split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? "";

/** The folders that have a line in the table of a part, in its order. */
const linesOf = (heading: string) =>
  [...partOf(heading).matchAll(/^\| (`\w[^|]*\/`) *\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([\w-]+)\/`/g)].map(([, folder = ""]) => folder),
  );

describe.each([
  ["packages/agent/src", "Inside the agent"],
  ["packages/agent/src/outbox", "Inside the outbox"],
  ["packages/agent/src/delivery", "Inside the delivery"],
  ["packages/cli/src", "Inside the binary"],
  ["packages/cli/src/config", "Inside the configuration"],
  ["packages/simulator/src", "Inside the simulator"],
])("%s", (room, heading) => {
  test("every folder has a line, and every line a folder", () => {
    const folders = globSync("*/", { cwd: join(root, room) }).map((path) => basename(path));
    expect(linesOf(heading).toSorted()).toEqual(folders.filter((folder) => !besides.has(folder)).toSorted());
  });
});

/** Whose rooms stand in an order, and the files beside them that every room may import. */
const ordered: readonly (readonly [string, string, readonly string[]])[] = [
  ["packages/agent/src/outbox", "Inside the outbox", ["envelope.ts"]],
  [
    "packages/agent/src/delivery",
    "Inside the delivery",
    ["bell.ts", "load.ts", "redact.ts", "sink-settings.ts"],
  ],
  ["packages/cli/src/config", "Inside the configuration", ["pointer.ts"]],
];

describe.each(ordered)("%s", (house, heading, shared) => {
  const rooms = linesOf(heading);
  const isShared = (path: string) => shared.some((name) => path === `${house}/${name}`);
  const importsWithin = (source: string) =>
    importsOf(source)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => join(dirname(source), specifier))
      .filter((path) => path.startsWith(`${house}/`) && !isShared(path));

  test("a room imports only from those above it, and what all share", () => {
    const wrong = rooms.flatMap((name, index) =>
      sourcesOf(`${house}/${name}`).flatMap((source) =>
        importsWithin(source)
          .filter((path) => !rooms.slice(0, index + 1).some((above) => path.startsWith(`${house}/${above}/`)))
          .map((path) => `${source} imports ${path}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("what all share imports from no room", () => {
    expect(shared.flatMap((name) => importsWithin(`${house}/${name}`))).toEqual([]);
  });
});

test("every file that the page names is there", () => {
  const named = [...page.matchAll(/`((?:[\w-]+\/)*[\w-]+\.ts)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(8);
  const rooms = ["", "packages/agent/src", "packages/cli/src", ...ordered.map(([house]) => house)];
  const missing = named.filter((path) => !rooms.some((room) => existsSync(join(root, room, path))));
  expect(missing).toEqual([]);
});

test("every package, and every room that is none, stands in the table", () => {
  const packages = globSync("packages/*/package.json", { cwd: root }).map((path) => path.split(/[/\\]/)[1]);
  expect(packages.length).toBeGreaterThan(7);
  expect(packages.filter((name) => !page.includes(`| \`packages/${name}\``))).toEqual([]);
});
