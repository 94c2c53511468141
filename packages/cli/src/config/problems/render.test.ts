import { expect, test } from "vitest";
import type { Problem } from "./problem.ts";
import { sortProblems } from "./problem.ts";
import { renderProblems } from "./render.ts";

const problem = (more: Partial<Problem> = {}): Problem => ({
  code: "CONFIG_UNKNOWN_KEY",
  path: "/x",
  file: "forewarn.yaml",
  line: 1,
  column: 3,
  length: 2,
  message: "no",
  ...more,
});

test("a tab moves the caret as it moves the line", () => {
  const text = renderProblems([problem({ column: 2 })], { file: "f", lines: ["\txy"] });
  expect(text).toContain("    1 | \txy\n      | \t^^\n");
});

test("of a long line the part around the place is shown, with the caret below it", () => {
  const line = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
  const text = renderProblems([problem({ column: 501, length: 4 })], { file: "f", lines: [line] });
  const [, shown = "", carets = ""] = text.split("\n");
  expect(shown.length).toBeLessThan(140);
  expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("HERE");
});

test("what a file or message holds cannot write to the terminal", () => {
  const text = renderProblems([problem({ message: "a\u001B[31mb" })], {
    file: "f",
    lines: ["\u001B]0;x\u0007"],
  });
  expect(text).not.toContain("\u001B");
  expect(text).not.toContain("\u0007");
});

test("a problem of the file itself has no place", () => {
  const { line: _l, column: _c, length: _n, ...rest } = problem({ code: "CONFIG_NOT_FOUND" });
  expect(renderProblems([rest])).toBe(
    "forewarn.yaml error CONFIG_NOT_FOUND: no\n\n1 problem in forewarn.yaml\n",
  );
});

test("problems come in the order of the file, each once", () => {
  const problems = [problem({ line: 2 }), problem({ column: 9 }), problem(), problem({ path: "/alias" })];
  expect(sortProblems(problems).map(({ line, column }) => [line, column])).toEqual([
    [1, 3],
    [1, 9],
    [2, 3],
  ]);
});
