import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "./document.ts";
import { escapeReferences, parseReferences } from "./reference.ts";
import { substitute } from "./substitute.ts";

const dollars = fc
  .array(fc.oneof(fc.constantFrom("$", "{", "}", "${", "$${", "${env:A}", ":-", "env:", "\n"), fc.string()))
  .map((parts) => parts.join(""));

test("any escaped text comes back as it was, and as nothing but text", () => {
  fc.assert(
    fc.property(dollars, (text) => {
      expect(parseReferences(escapeReferences(text))).toEqual([{ kind: "text", text }]);
    }),
  );
});

test("any text comes back through a document: what is not escaped is replaced, what is escaped is not", async () => {
  const property = fc.asyncProperty(dollars, dollars, dollars, async (before, value, after) => {
    const text = JSON.stringify({
      leaf: `${escapeReferences(before)} \${env:VALUE} ${escapeReferences(after)}`,
    });
    const document = parseConfig("x.json", text);
    const result = await substitute(document, {
      env: { VALUE: value },
      readFile: () => Promise.reject(new Error("not asked for")),
      file: "/x.json",
    });
    // What a reference stands for is not looked at again.
    expect(result.value).toEqual({ leaf: `${before} ${value} ${after}` });
  });
  await fc.assert(property);
});

test("the pieces of a text cover it, whatever it is", () => {
  fc.assert(
    fc.property(dollars, (text) => {
      const parts = parseReferences(text).map((part) =>
        part.kind === "text" ? escapeReferences(part.text) : part.raw,
      );
      expect(parts.join("")).toHaveLength(text.length);
    }),
  );
});

test("reads each form of a reference", () => {
  expect(parseReferences("a${env:A}b${env:B:-c d}${file:/run/x}")).toEqual([
    { kind: "text", text: "a" },
    { kind: "env", name: "A", at: 1, raw: "${env:A}" },
    { kind: "text", text: "b" },
    { kind: "env", name: "B", fallback: "c d", at: 10, raw: "${env:B:-c d}" },
    { kind: "file", path: "/run/x", at: 23, raw: "${file:/run/x}" },
  ]);
});

test("an empty fallback is a fallback", () => {
  expect(parseReferences("${env:A:-}")).toMatchObject([{ kind: "env", fallback: "" }]);
});

test.each([
  ["${A}", "${env:A}"],
  ["${A:-b}", "${env:A:-b}"],
  ["${A-b}", "${env:A:-b}"],
  ["${ENV:A}", "${env:A}"],
  ["${env.A}", "${env:A}"],
  ["${env: A }", "${env:A}"],
  ["${env:A:b}", "${env:A:-b}"],
  ["${env:A", "${env:A}"],
  ["${file:/run/x", "${file:/run/x}"],
  ["${File:/run/x}", "${file:/run/x}"],
  ["${/run/x}", "${file:/run/x}"],
  ["${}", undefined],
  ["${env:}", undefined],
  ["${file:}", undefined],
  ["${vault:A}", undefined],
  ["${env:A:-${env:B}}", undefined],
])("%s is malformed and means %s", (text, meant) => {
  const [part] = parseReferences(text);
  expect(part).toMatchObject({ kind: "malformed", at: 0 });
  expect(part?.kind === "malformed" ? part.meant : "?").toBe(meant);
});

test("a dollar alone is text", () => {
  expect(parseReferences("5 $ and $HOME and {x}")).toEqual([{ kind: "text", text: "5 $ and $HOME and {x}" }]);
});
