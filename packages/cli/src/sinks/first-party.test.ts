import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstPartySinks } from "./first-party.ts";

test("every folder of plugins is a sink that comes with Forewarn", () => {
  const plugins = readdirSync(join(import.meta.dirname, "../../../../plugins"));
  expect(firstPartySinks()).toEqual(plugins.sort());
});
