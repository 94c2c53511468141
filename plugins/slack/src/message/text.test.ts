import { describe, expect, it } from "vitest";
import { counted, cut, oneLine } from "./text.ts";

describe("cut", () => {
  it.each([
    ["short", 10, "short"],
    ["exactly ten", 11, "exactly ten"],
    ["longer than ten", 10, "longer th…"],
    ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 25, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦…"],
    ["🇪🇺🇪🇺🇪🇺", 8, "🇪🇺…"],
    [`e${"\u0301".repeat(50)} and more`, 10, "…"],
    ["a\uD83D", 1, "…"],
  ])("%s to %d is %s", (text, most, expected) => {
    expect(cut(text, most)).toBe(expected);
  });

  it("takes no longer for a text of a megabyte", () => {
    expect(cut("x".repeat(1_000_000), 100)).toHaveLength(100);
  });
});

describe("oneLine", () => {
  it.each([
    ["two\nlines\r\nand a tab\t.", "two lines and a tab ."],
    ["\u0000bell\u0007", "bell"],
    ["line\u2028and\u2029paragraph", "line and paragraph"],
    ["web\u202egnp.01", "webgnp.01"],
    ["half \uD83D", "half \ufffd"],
  ])("%j is %j", (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });
});

it("counts", () => {
  expect([counted(1, "VM"), counted(0, "VM")]).toEqual(["1 VM", "0 VMs"]);
});
