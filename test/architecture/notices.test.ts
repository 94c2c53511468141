import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noticesFile, noticesText, sectionsIn, sectionsOf } from "../../scripts/notices.ts";

let place: string;
const extras = () => join(place, "licenses");

beforeEach(() => void (place = mkdtempSync(join(tmpdir(), "forewarn-notices-"))));
afterEach(() => rmSync(place, { recursive: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(join(place, path)), { recursive: true });
  writeFileSync(join(place, path), text);
  return join(place, path);
}

/** Installs a package and returns the path of a module of it. */
function installed(name: string, license: unknown, files: Readonly<Record<string, string>>): string {
  const folder = `node_modules/${name}`;
  write(`${folder}/package.json`, JSON.stringify({ name, version: "1.2.3", license }));
  for (const [file, text] of Object.entries(files)) write(`${folder}/${file}`, text);
  return write(`${folder}/lib/main.js`, "");
}

const given = (...modules: readonly string[]) => [...sectionsOf(modules, extras())];

describe("a section", () => {
  test("is the licence that the package brings, whatever the file's name, and its NOTICE", () => {
    const files = { "LICENCE-APACHE.md": "Be free.\r\n\r\n", notice: "Made by us.\n" };
    const module = installed("@acme/rope", "Apache-2.0", files);
    expect(given(module, `${module}?commonjs-es-import`, "\0rolldown/runtime.js")).toEqual([
      "@acme/rope 1.2.3, Apache-2.0\n\nBe free.\n\nMade by us.\n",
    ]);
  });

  test("holds what the package should bring and does not", () => {
    write("licenses/@acme-rope.txt", "It holds string, by them.\n");
    expect(given(installed("@acme/rope", "MIT", { COPYING: "Be free." }))).toEqual([
      "@acme/rope 1.2.3, MIT\n\nBe free.\n\nIt holds string, by them.\n",
    ]);
    rmSync(join(place, "node_modules/@acme/rope/COPYING"));
    expect(given(installed("@acme/rope", "MIT", {}))).toEqual([
      "@acme/rope 1.2.3, MIT\n\nIt holds string, by them.\n",
    ]);
  });

  test("is of the innermost package, and none of what is generated", () => {
    const outer = installed("outer", "MIT", { LICENSE: "Outer." });
    const inner = installed("outer/node_modules/inner", "ISC", { LICENSE: "Inner." });
    const generated = write("node_modules/.cache/forewarn/@forewarn-sink-exec/validate.js", "");
    const sections = given(outer, inner, generated, write("packages/cli/src/main.ts", ""));
    expect(sections).toEqual([
      "outer 1.2.3, MIT\n\nOuter.\n",
      "outer/node_modules/inner 1.2.3, ISC\n\nInner.\n",
    ]);
  });
});

test("what another package of ours has bundled is bundled with it, and told once", () => {
  const yaml = installed("yaml", "ISC", { LICENSE: "Be free." });
  const own = sectionsOf([yaml, installed("ajv", "MIT", { LICENSE: "Be free, too." })], extras());
  const chunk = write("packages/simulator/dist/cli/chunk.js", "");
  write(`packages/simulator/dist/${noticesFile}`, noticesText("@forewarn/imds-simulator", own));
  const sections = given(chunk, yaml);
  expect(sections).toHaveLength(2);
  write(`packages/cli/dist/${noticesFile}`, noticesText("forewarn", new Set(sections)));
  expect(sectionsIn(join(place, "packages/cli/dist"))).toEqual(sections.toSorted());
});

test.each([
  [
    "GPL-3.0-only",
    { LICENSE: "Share." },
    /^rope 1\.2\.3 would be bundled, but its licence, GPL-3\.0-only, is none of MIT, /,
  ],
  [undefined, { LICENSE: "?" }, /its licence, not named, is none of MIT/],
  ["MIT", { "README.md": "MIT" }, /it brings no text of its licence, MIT: write it to .*rope\.txt$/],
])("%s with %o stops the build", (license, files, message) => {
  const module = installed("rope", license, files as Readonly<Record<string, string>>);
  expect(() => given(module)).toThrow(message);
});
