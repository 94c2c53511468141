import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundlePackage } from "../../scripts/bundle.ts";
import { sectionsIn } from "../../scripts/notices.ts";
import { rooms, root } from "../architecture/workspace.ts";
import { temporaryPlace } from "./forewarn.ts";

interface Source {
  readonly path: string;
  readonly text: string;
}

const place = temporaryPlace();
afterAll(() => place[Symbol.dispose]());

/** All that went into the JavaScript of a package, by the source maps of a build that is made for this. */
async function sourcesOf(folder: string): Promise<readonly Source[]> {
  const outDir = join(place.path, folder);
  const work = join(root, "node_modules/.cache/forewarn-notices", folder);
  await bundlePackage(join(root, folder), { outDir, work, sourcemap: true });
  return globSync("**/*.map", { cwd: outDir }).flatMap((map) => {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(outDir, map), "utf8")) as {
      readonly sources: readonly string[];
      readonly sourcesContent: readonly string[];
    };
    const from = dirname(join(outDir, map));
    return sources.map((path, index) => ({
      path: resolve(from, path).replaceAll("\\", "/"),
      text: sourcesContent[index] ?? "",
    }));
  });
}

const sources = new Map(
  await Promise.all(rooms.map(async ({ folder }) => [folder, await sourcesOf(folder)] as const)),
);

/** What others wrote of it, also what came by the `dist` of another package of ours. */
function foreignIn(folder: string): readonly Source[] {
  return (sources.get(folder) ?? []).flatMap((source) => {
    if (source.path.includes("/node_modules/.cache/")) return [];
    if (source.path.includes("/node_modules/")) return [source];
    const [, other = folder] = /\/((?:packages|plugins)\/[^/]+)\/dist\//.exec(source.path) ?? [];
    return other === folder ? [] : foreignIn(other);
  });
}

const nameIn = (path: string) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
const plain = (text: string) => text.replaceAll(/\s+/g, " ");

describe.each(rooms)("the notices of $folder", ({ folder }) => {
  const sections = sectionsIn(join(root, folder, "dist"));

  test("name each package that it bundles, and no other", () => {
    const bundled = new Set(foreignIn(folder).map(({ path }) => nameIn(path)));
    expect(sections.map((section) => section.split(" ")[0]).toSorted()).toEqual([...bundled].toSorted());
  });

  test("hold every line of copyright in the code, also of code that its package took from others", () => {
    const told = plain(sections.join("\n"));
    const lines = foreignIn(folder).flatMap(({ text }) => text.match(/\bcopyright\b.*\b\d{4}\b.*/gi) ?? []);
    expect([...new Set(lines)].filter((line) => !told.includes(plain(line)))).toEqual([]);
  });
});

test("the binary bundles others, and says so", () => {
  const names = sectionsIn(join(root, "packages/cli/dist")).map((section) => section.split("\n")[0]);
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^undici [\d.]+, MIT$/)]));
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^yaml [\d.]+, ISC$/)]));
});
