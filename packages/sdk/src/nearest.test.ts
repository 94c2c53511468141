import { expect, test } from "vitest";
import { isSameWord, nearest } from "./nearest.ts";

const keys = ["pollInterval", "requestTimeout", "type", "when", "from", "url"];

test.each([
  ["poll_interval", "pollInterval"],
  ["POLLINTERVAL", "pollInterval"],
  ["polInterval", "pollInterval"],
  ["requestTimeuot", "requestTimeout"],
  ["types", "type"],
  ["form", "from"],
  ["uri", "url"],
  ["poll", "pollInterval"],
  ["colour", undefined],
  ["x", undefined],
  ["", undefined],
])("%s is near to %s", (word, expected) => {
  expect(nearest(word, keys)).toBe(expected);
});

test("the nearest of several is chosen", () => {
  expect(nearest("warning", ["warn", "info", "error"])).toBe("warn");
  expect(nearest("sink-a", ["sink-b", "sink-ab"])).toBe("sink-b");
});

test("case, - and _ make no other word", () => {
  expect(isSameWord("poll_interval", "pollInterval")).toBe(true);
  expect(isSameWord("poll", "pollInterval")).toBe(false);
});
