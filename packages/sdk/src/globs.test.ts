import { expect, test } from "vitest";
import { matchesAny } from "./globs.ts";

test.each<[readonly string[], string, boolean]>([
  [["env"], "env", true],
  [["env"], "ENV", true],
  [["env"], "environment", false],
  [["env*"], "environment", true],
  [["*"], "", true],
  [["cost-*", "owner"], "Owner", true],
  [["a*c"], "a\nbc", true],
  [["a.c"], "abc", false],
  [["[a]{1}"], "a", false],
  [["é*"], "É1", true],
  [[], "env", false],
])("%j and %j: %s", (globs, name, expected) => {
  expect(matchesAny(globs)(name)).toBe(expected);
});
