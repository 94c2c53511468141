import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { firstPartySinks } from "./first-party.ts";
import { installedSinks } from "./installed.ts";

const place = mkdtempSync(join(tmpdir(), "forewarn-installed-"));
afterEach(() => rmSync(place, { recursive: true, force: true }));

test("first those that come with Forewarn, then packages by their names, from every directory above", () => {
  for (const name of [
    "forewarn-sink-pager",
    "@acme/forewarn-sink-siren",
    "@acme/sink-bell",
    "@acme/other",
    "sink-other",
    "@forewarn/sink-horn",
    "@forewarn/sdk",
  ])
    mkdirSync(join(place, "node_modules", name), { recursive: true });
  mkdirSync(join(place, "inner/node_modules/forewarn-sink-lamp"), { recursive: true });
  const found = installedSinks(join(place, "inner"));
  expect(found.slice(0, firstPartySinks().length)).toEqual(firstPartySinks());
  expect(found.slice(firstPartySinks().length)).toEqual([
    "@acme/forewarn-sink-siren",
    "@acme/sink-bell",
    "forewarn-sink-lamp",
    "forewarn-sink-pager",
    "horn",
  ]);
});
