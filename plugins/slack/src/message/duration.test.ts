import { expect, it } from "vitest";
import { fromNow, inWords } from "./duration.ts";

const minute = 60_000;
const hour = 60 * minute;

it.each([
  [-5, "0 ms"],
  [400, "400 ms"],
  [4700, "5 s"],
  [29_999, "30 s"],
  [60_000, "1 min"],
  [89_000, "1 min 29 s"],
  [150_000, "3 min"],
  [15 * minute - 400, "15 min"],
  [15 * minute - 29_000, "15 min"],
  [15 * minute - 31_000, "14 min"],
  [200 * minute, "3 h 20 min"],
  [7 * 24 * hour - 1000, "7 d"],
  [47 * hour + 59 * minute, "2 d"],
])("%d ms are %s", (ms, words) => {
  expect(inWords(ms)).toBe(words);
});

it("says on which side of now a moment is", () => {
  expect([fromNow(61_000, 0), fromNow(0, 61_000), fromNow(999, 0)]).toEqual([
    "in 1 min 1 s",
    "1 min 1 s ago",
    "now",
  ]);
});
