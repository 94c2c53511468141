import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseSync, transformSync } from "rolldown/utils";
import { describe, expect, test } from "vitest";
import { bins } from "./forewarn.ts";

const needed = [24, 11] as const;

interface Node {
  readonly path: string;
  readonly version: string;
}

/** A Node older than the needed one, outside of every node_modules. */
function olderNode(): Node | undefined {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return directories
    .filter((directory) => directory !== "" && !directory.includes("node_modules"))
    .map((directory) => join(directory, "node"))
    .map((path) => ({ path, ...spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }) }))
    .filter(({ status }) => status === 0)
    .map(({ path, stdout }) => ({ path, version: stdout.trim() }))
    .find(({ version }) => {
      const [major = 0, minor = 0] = version.split(".").map(Number);
      return major < needed[0] || (major === needed[0] && minor < needed[1]);
    });
}

const older = olderNode();
if (older === undefined)
  console.log("SKIPPED the tests with an older Node: none below 24.11 was found on PATH");

/** Makes this very Node say that it is another one. */
const pretend = (version: string) =>
  `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;

const sentence = (name: string, version: string) =>
  new RegExp(
    `^${name} needs Node\\.js 24\\.11 or newer, this is ${version.replaceAll(".", "\\.")}\\b[^\\n]*\\n$`,
  );

describe.each([
  ["forewarn", bins.forewarn],
  ["imds-simulator", bins.simulator],
] as const)("%s", (name, bin) => {
  test.skipIf(older === undefined)(
    "started by an older Node: one line that names the version, exit 1",
    () => {
      const { path, version } = older as Node;
      for (const args of [[], ["--help"], ["run", "--simulate"]]) {
        const { status, stdout, stderr } = spawnSync(path, [bin, ...args], { encoding: "utf8" });
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toMatch(sentence(name, version));
      }
    },
  );

  test.each(["8.17.0", "22.21.1", "24.10.1", "24.9.0"])("%s is too old", (version) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", pretend(version), bin, "--help"],
      { encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(sentence(name, version));
  });

  test.each(["24.11.0", "24.100.0", "26.0.0"])("%s is new enough", (version) => {
    const { status, stderr } = spawnSync(process.execPath, ["--import", pretend(version), bin, "--help"], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("is plain ES2020, so that an old Node gets as far as that line", () => {
    const source = readFileSync(bin, "utf8");
    const { program, errors } = parseSync(bin, source, { sourceType: "module" });
    expect(errors).toEqual([]);
    // What is lowered for ES2020 is newer than ES2020, and so is an await outside of a function.
    const lowered = (target: string) => transformSync(bin, source, { target }).code;
    expect(lowered("es2020")).toBe(lowered("esnext"));
    expect(JSON.stringify(program)).not.toContain('"AwaitExpression"');
    // A static import is loaded before the first line runs: only what every Node has may stand there.
    const imported = [...source.matchAll(/^import [^(].*$/gm)].map(([line]) => line);
    expect(imported.filter((line) => !/ from "node:(v8|module|process|url)";$/.test(line))).toEqual([]);
  });
});
