import { expect, test } from "vitest";
import { nearest, orList } from "./suggest.ts";

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

test("lists words", () => {
  expect([orList([]), orList(["a"]), orList(["a", "b", "c"])]).toEqual(["", "a", "a, b or c"]);
});
