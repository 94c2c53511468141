import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, describe, expect, test } from "vitest";
import { noticesFile, sectionsIn } from "../../scripts/notices.ts";
import { pack } from "../../scripts/pack.ts";
import { rooms, root } from "../architecture/workspace.ts";
import { temporaryPlace } from "./forewarn.ts";

const place = temporaryPlace();
afterAll(() => place[Symbol.dispose]());
const packed = pack(["packages", "plugins"], place.path);
const tarball = (filename: string) => new Uint8Array(readFileSync(join(place.path, filename)));

/** What publint says and is right as it is. */
const accepted: Readonly<Record<string, string>> = {
  // Made by ajv: an ES module that holds the text of ajv's CommonJS parts, by which publint guesses.
  "forewarn imports.#config-validator.default": "FILE_INVALID_FORMAT",
  "@forewarn/sink-webhook exports../validate.default": "FILE_INVALID_FORMAT",
  // The template becomes a package of its own.
  "@forewarn/create-sink name": "NESTED_PACKAGE_JSON_FIELD_IGNORED",
};

/** Ways to resolve that an ES module for Node 24 is not made for. */
const isForOthers = (resolution: string) => resolution === "node10" || resolution === "node16-cjs";

test("every package can be packed", () => {
  expect(packed.map(({ name }) => name).toSorted()).toEqual(
    rooms.map(({ manifest }) => manifest.name).toSorted(),
  );
});

describe.each(packed)("$name", ({ name, filename, files, unpackedSize }) => {
  test("holds what runs, its types, its README and its licence, and nothing else of the repository", () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const strange = /(^|\/)(fixtures|golden|node_modules|\.\w)|\.tsbuildinfo$|\.map$|\.test\.|^src\//;
    expect(paths.filter((path) => strange.test(path) && !path.startsWith("template/"))).toEqual([]);
    const { folder, manifest } = rooms.find((room) => room.manifest.name === name) as (typeof rooms)[number];
    expect(paths.includes(`dist/${noticesFile}`)).toBe(sectionsIn(join(root, folder, "dist")).length > 0);
    const listed = new Set([...(manifest.files ?? []), "LICENSE", "README.md", "package.json"]);
    expect(paths.filter((path) => !listed.has(path.split("/")[0] as string))).toEqual([]);
    expect(unpackedSize).toBeLessThan(4_000_000);
  });

  test("publint finds nothing", async () => {
    const { buffer } = tarball(filename);
    const { messages } = await publint({ pack: { tarball: buffer }, level: "suggestion", strict: true });
    const found = messages.filter(({ code, path }) => accepted[`${name} ${path.join(".")}`] !== code);
    expect(found).toEqual([]);
  });

  test("the types are right: as the code resolves, so do they", async () => {
    // `validate` is for the command line, which loads it by name and asks for no types.
    const result = await checkPackage(createPackageFromTarballData(tarball(filename)), {
      excludeEntrypoints: ["./validate"],
    });
    expect(result.types !== false).toBe(name !== "forewarn");
    if (result.types === false) return;
    const problems = result.problems.filter(
      (problem) => !("resolutionKind" in problem) || !isForOthers(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });
});
