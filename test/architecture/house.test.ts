import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSinkDefinition } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { read, root, rooms, sourcesOf } from "./workspace.ts";

const forbiddenNames = /\/(index|utils?|helpers?|common|types)(\.test)?\.ts$/;
const everySource = [...rooms.map(({ folder }) => folder), "test", "scripts", "examples"].flatMap((folder) =>
  sourcesOf(folder, true),
);

describe("files", () => {
  test("none is longer than 300 lines", () => {
    expect(everySource.filter((path) => read(path).split("\n").length > 301)).toEqual([]);
  });

  test("none has a name that says nothing", () => {
    expect(everySource.filter((path) => forbiddenNames.test(path))).toEqual([]);
  });

  test("no test is left out or alone", () => {
    const marks = everySource.filter((path) => !path.includes("architecture") && /\.only\(/.test(read(path)));
    expect(marks).toEqual([]);
  });
});

describe.each(rooms)("$folder", ({ folder, name, manifest }) => {
  test("bears its folder's name", () => {
    const expected: Readonly<Record<string, string>> = {
      "packages/cli": "forewarn",
      "packages/simulator": "@forewarn/imds-simulator",
    };
    const usual = folder.startsWith("plugins/") ? `@forewarn/sink-${name}` : `@forewarn/${name}`;
    expect(manifest.name).toBe(expected[folder] ?? usual);
  });

  test("can be published: licence, README, engines, files, description", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      engines: { node: ">=24.11" },
      description: expect.stringMatching(/\.$/),
    });
    expect(manifest.files).toContain("dist");
    for (const file of ["LICENSE", "README.md"])
      expect(existsSync(join(root, folder, file)), file).toBe(true);
  });

  test("has the version of every other package, and pins what it depends on", () => {
    const own = JSON.parse(read("packages/sdk/package.json")) as { version: string };
    expect(manifest.version).toBe(own.version);
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe.each(rooms.filter(({ folder }) => folder.startsWith("plugins/")))("$folder", ({ folder, name }) => {
  test("exports one sink whose type is the folder's name", async () => {
    const module = (await import(join(root, folder, "src", `${name}.ts`))) as Record<string, unknown>;
    const sinks = Object.values(module).filter(isSinkDefinition);
    expect(sinks.map(({ type }) => type)).toEqual([name]);
  });
});

test("tests run from source, not from a stale dist", () => {
  for (const { manifest } of rooms) {
    if (manifest.exports?.["."] === undefined) continue;
    expect(import.meta.resolve(manifest.name), manifest.name).toContain("/src/");
  }
});

test("no file names a path of the machine it was written on", () => {
  const documents = ["README.md", "CONTRIBUTING.md"].filter((path) => existsSync(join(root, path)));
  const found = [...everySource, ...documents].filter((path) =>
    /\/(work|farm)\//.test(read(path).replaceAll("/\\/(work|farm)\\//", "")),
  );
  expect(found).toEqual([]);
});
