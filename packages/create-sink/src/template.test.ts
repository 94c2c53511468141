import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly version: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Manifest;
const template = read("../template/package.json");
const own = read("../package.json");
const { devDependencies: pins } = read("../../../package.json");

test("a new package has the versions with which this repository is tested", () => {
  expect(template.dependencies).toEqual({ "@forewarn/sdk": own.version });
  expect(template.devDependencies).toEqual({
    "@forewarn/testkit": own.version,
    "@types/node": pins["@types/node"],
    typescript: pins["typescript"],
    vitest: pins["vitest"],
  });
  expect(template.engines).toEqual(own.engines);
});
