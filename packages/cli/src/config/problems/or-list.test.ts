import { expect, test } from "vitest";
import { orList } from "./or-list.ts";

test("lists words", () => {
  expect([orList([]), orList(["a"]), orList(["a", "b", "c"])]).toEqual(["", "a", "a, b or c"]);
});
