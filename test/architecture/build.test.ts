import { join } from "node:path";
import { expect, test } from "vitest";
import { importsOf, read, rooms } from "./workspace.ts";

test("every package is built by the same line", () => {
  const lines = rooms.map(
    ({ folder }) =>
      (JSON.parse(read(`${folder}/package.json`)) as { scripts: { build: string } }).scripts.build,
  );
  expect(new Set(lines)).toEqual(new Set(["node --conditions=@forewarn/source ../../scripts/build.ts"]));
});

test("a change to anything that builds is no hit in turbo's cache", () => {
  const builders = new Set(["scripts/build.ts"]);
  for (const path of builders) {
    for (const name of importsOf(path)) if (name.startsWith("./")) builders.add(join("scripts", name));
  }
  const { globalDependencies } = JSON.parse(read("turbo.json")) as { globalDependencies: readonly string[] };
  const others = ["tsconfig.json", "scripts/licenses/**"];
  expect(globalDependencies.toSorted()).toEqual([...others, ...builders].toSorted());
});
