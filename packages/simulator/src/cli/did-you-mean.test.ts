import { expect, test } from "vitest";

import { didYouMean, editDistance } from "./did-you-mean.ts";

test.each([
  ["", "", 0],
  ["abc", "", 3],
  ["kitten", "sitting", 3],
  ["flaw", "lawn", 2],
])("%s to %s takes %i edits", (one, other, edits) => {
  expect(editDistance(one, other)).toBe(edits);
});

test("the closest candidate is meant, or one that contains the word", () => {
  const names = ["reboot-user", "redeploy-user", "preempt-spot"];
  expect(didYouMean("rebot-user", names)).toBe(' Did you mean "reboot-user"?');
  expect(didYouMean("preempt", names)).toBe(' Did you mean "preempt-spot"?');
});

test("a word far from all means nothing", () => {
  expect(didYouMean("x", ["a", "bx"])).toBe("");
  expect(didYouMean("something", ["demo"])).toBe("");
});
