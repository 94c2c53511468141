import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const bin = fileURLToPath(new URL("../bin/create-sink.js", import.meta.url));

let cwd: string;
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), "create-sink-"))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function start(program: string, args: readonly string[], input = "", env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    input,
    env: { PATH: process.env["PATH"], ...env },
    encoding: "utf8",
    timeout: 15_000,
  });
  return { status, stdout, stderr };
}

const nameIn = (directory: string) =>
  (JSON.parse(readFileSync(join(cwd, directory, "package.json"), "utf8")) as { name: string }).name;

test("it makes a package below the directory in which it is called, as npm's environment names it", () => {
  expect(start(process.execPath, [main, "pager"])).toMatchObject({ status: 0, stderr: "" });
  expect(nameIn("pager")).toBe("forewarn-sink-pager");
  const env = { npm_config_name: "@acme/sms" };
  expect(start(process.execPath, [main, "sms"], "", env)).toMatchObject({ status: 0, stderr: "" });
  expect(nameIn("sms")).toBe("@acme/sms");
});

test("it asks nothing where nobody sits at a terminal", () => {
  const { status, stdout, stderr } = start(process.execPath, [main], "pager\n");
  expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
  expect(stderr).toBe("create-sink: name a directory: npm create @forewarn/sink my-sink\n");
});

test.skipIf(spawnSync("script", ["--version"]).status !== 0)("it asks at a terminal", () => {
  const { status, stdout } = start("script", ["-qec", `${process.execPath} ${main}`, "/dev/null"], "pager\n");
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("Directory of the new") });
  expect(nameIn("pager")).toBe("forewarn-sink-pager");
});

test("an old Node.js is told which one is needed", () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"24.10.1"})';
  expect(start(process.execPath, ["--import", older, bin, "--help"])).toEqual({
    status: 1,
    stdout: "",
    stderr: "create-sink needs Node.js 24.11 or newer, this is 24.10.1.\n",
  });
});
