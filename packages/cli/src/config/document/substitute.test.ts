import { expect, test } from "vitest";
import { parseConfig } from "./document.ts";
import { substitute } from "./substitute.ts";

const files: Readonly<Record<string, string>> = {
  "/etc/forewarn/token": "s3cret\n",
  "/run/two": "a\n\n",
  "/run/windows": "b\r\n",
};

function run(text: string, env: Readonly<Record<string, string>> = {}) {
  return substitute(parseConfig("forewarn.yaml", text), {
    env,
    file: "/etc/forewarn/forewarn.yaml",
    readFile(path) {
      const content = files[path];
      if (content !== undefined) return Promise.resolve(content);
      return Promise.reject(Object.assign(new Error("ENOENT"), { code: "ENOENT" }));
    },
  });
}

test("replaces references in the strings of maps and lists, several in one", async () => {
  const { value } = await run('a: ["${env:A}-${env:B}", 5]\nb: { c: "$${env:A}" }', { A: "1", B: "2" });
  expect(value).toEqual({ a: ["1-2", 5], b: { c: "${env:A}" } });
});

test("keys are left alone", async () => {
  expect((await run('"${env:A}": x')).value).toEqual({ "${env:A}": "x" });
});

test("a file's content without one trailing newline; a relative path is taken from the configuration", async () => {
  const { value } = await run("[ '${file:token}', '${file:/run/two}', '${file:/run/windows}' ]");
  expect(value).toEqual(["s3cret", "a\n", "b"]);
});

test("a fallback stands in for what is unset or empty", async () => {
  const text = "['${env:A:-x}', '${env:B:-x}', '${env:C:-x}', '${env:B}']";
  expect((await run(text, { B: "", C: "y" })).value).toEqual(["x", "x", "y", ""]);
});

test("what fails stays as it was written, and says why", async () => {
  const { value, substitutions } = await run("a: '${env:A} ${file:/nowhere} ${B}'");
  expect(value).toEqual({ a: "${env:A} ${file:/nowhere} ${B}" });
  expect(substitutions.get("/a")?.failures).toMatchObject([
    { part: { kind: "env", name: "A" } },
    { part: { kind: "file" }, reason: "there is no such file" },
    { part: { kind: "malformed", meant: "${env:B}" } },
  ]);
});

test("the environment's prototype is no environment", async () => {
  const { substitutions } = await run("a: '${env:constructor}'");
  expect(substitutions.get("/a")?.failures).toHaveLength(1);
});

test("an alias is replaced in each place", async () => {
  const { value } = await run("a: &x { b: '${env:A}' }\nc: *x", { A: "1" });
  expect(value).toEqual({ a: { b: "1" }, c: { b: "1" } });
});
