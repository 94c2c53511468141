import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CreateIo, runCreateSink } from "./run-create-sink.ts";

let cwd: string;
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), "create-sink-"))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(argv: readonly string[], more: Partial<CreateIo> = {}) {
  let [stdout, stderr] = ["", ""];
  const code = await runCreateSink(argv, {
    cwd,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    ...more,
  });
  return { code, stdout, stderr };
}

const read = (path: string) => readFileSync(join(cwd, path), "utf8");
const manifestIn = (directory: string) =>
  JSON.parse(read(`${directory}/package.json`)) as Readonly<Record<string, unknown>>;

describe("a package", () => {
  test("is made whole, under its own name everywhere, and the next steps are said", async () => {
    const { code, stdout, stderr } = await run(["pager"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const files = readdirSync(join(cwd, "pager"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => file !== "src").toSorted()).toEqual([
      ".gitignore",
      "README.md",
      "package.json",
      "src/pager.test.ts",
      "src/pager.ts",
      "tsconfig.build.json",
      "tsconfig.json",
    ]);
    for (const file of files.filter((file) => file !== "src")) {
      expect(stdout).toContain(`\n  ${file}\n`);
      expect(read(`pager/${file}`)).not.toContain("my-sink");
    }
    expect(stdout).toMatch(/\nNext:\n {2}cd pager\n {2}npm install\n {2}npm test\n$/);
    expect(manifestIn("pager")).toMatchObject({
      name: "forewarn-sink-pager",
      exports: { ".": { types: "./dist/pager.d.ts", default: "./dist/pager.js" } },
    });
    expect(read("pager/src/pager.ts")).toContain('type: "pager"');
    expect(read("pager/src/pager.test.ts")).toContain('from "./pager.ts"');
    expect(read("pager/README.md")).toContain("type: forewarn-sink-pager");
  });

  test.each([
    [["@acme/pager"], "pager", "@acme/pager"],
    [["sinks/pager"], "sinks/pager", "forewarn-sink-pager"],
    [["forewarn-sink-pager"], "forewarn-sink-pager", "forewarn-sink-pager"],
    [["--name", "@acme/forewarn-sink-sms", "a folder"], "a folder", "@acme/forewarn-sink-sms"],
    [["@acme/pager", "--name=@acme/pager"], "@acme/pager", "@acme/pager"],
    [["--name", "@acme/pager"], "pager", "@acme/pager"],
    [["my-sink-2"], "my-sink-2", "forewarn-sink-my-sink-2"],
  ])("%j stands in %s and is %s", async (argv, directory, name) => {
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(manifestIn(directory)["name"]).toBe(name);
    expect(stdout).toContain(`cd ${directory === "a folder" ? '"a folder"' : directory}\n`);
  });

  test("may go into this directory, where that holds nothing but a .git", async () => {
    mkdirSync(join(cwd, ".git"));
    const { code, stdout } = await run([".", "--name", "@acme/pager"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("  cd ");
    expect(manifestIn(".")["name"]).toBe("@acme/pager");
  });
});

describe("nothing is made, and the cure is said", () => {
  test("in a directory that holds anything", async () => {
    mkdirSync(join(cwd, "pager"));
    for (const name of ["notes.md", "a.txt"]) writeFileSync(join(cwd, "pager", name), "mine");
    const { code, stdout, stderr } = await run(["pager"]);
    expect({ code, stdout }).toEqual({ code: 73, stdout: "" });
    expect(stderr).toBe(
      `create-sink: ${join(cwd, "pager")} is not empty (a.txt and 1 more): choose a new directory, or empty this one\n`,
    );
    expect(readdirSync(join(cwd, "pager")).toSorted()).toEqual(["a.txt", "notes.md"]);
  });

  test.each(["taken", "taken/pager"])("in %s, where taken is a file", async (directory) => {
    writeFileSync(join(cwd, "taken"), "mine");
    const { code, stderr } = await run([directory]);
    expect(code).toBe(73);
    expect(stderr).toContain("is a file, or lies below one: choose another directory");
    expect(read("taken")).toBe("mine");
  });

  test("where nobody may write", async () => {
    const { code, stderr } = await run(["/sys/forewarn/pager"]);
    expect(code).toBe(73);
    expect(stderr).toMatch(/cannot write \/sys\/forewarn\/pager \(E[A-Z]+\): choose a directory/);
  });

  test.each([
    [
      ["My Sink"],
      "is no name of a sink package: write a-z, 0-9 and single hyphens, a letter first, such as forewarn-sink-my-sink",
    ],
    [["pager", "--name", "pager"], "--name forewarn-sink-pager or --name @you/pager"],
    [["pager", "--nam", "x"], "Unknown option '--nam': --help lists the options"],
    [["pager", "@acme/pager"], 'not also "@acme/pager": npm hands on options only after "--"'],
    [["pager", "--name", ""], "a name must not be empty"],
    [[], "name a directory: npm create @forewarn/sink my-sink"],
  ])("for %j", async (argv, cure) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(/^create-sink: [^\n]*\n$/);
    expect(stderr).toContain(cure);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

test("npm hands on --name in its environment where no -- stands before it; what is written after -- counts more", async () => {
  expect(await run(["sms"], { packageName: "@acme/sms" })).toMatchObject({ code: 0 });
  expect(manifestIn("sms")["name"]).toBe("@acme/sms");
  expect(await run(["fax", "--name", "@acme/fax"], { packageName: "@acme/sms" })).toMatchObject({ code: 0 });
  expect(manifestIn("fax")["name"]).toBe("@acme/fax");
});

test("at a terminal the directory is asked for; no answer is no directory", async () => {
  const questions: string[] = [];
  const answering = (answer?: string) => async (question: string) => {
    questions.push(question);
    return answer;
  };
  expect(await run([], { ask: answering(" pager ") })).toMatchObject({ code: 0, stderr: "" });
  expect(manifestIn("pager")["name"]).toBe("forewarn-sink-pager");
  expect(await run([], { ask: answering() })).toMatchObject({ code: 64 });
  expect(questions).toEqual(["Directory of the new sink: ", "Directory of the new sink: "]);
});

test("--help says how npm calls it, and makes nothing", async () => {
  const { code, stdout, stderr } = await run(["-h", "pager"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("npm create @forewarn/sink my-sink");
  expect(readdirSync(cwd)).toEqual([]);
});
