import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, listed, oneLine, percentDecoded, utcTime } from "./plain-text.ts";

describe("cutText", () => {
  it.each([
    ["short", 5, "short"],
    ["longer", 5, "long…"],
    ["ab👩‍👩‍👧‍👦", 5, "ab…"],
    ["ab🇪🇺c", 6, "ab…"],
    ["e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301…"],
    ["ab", 1, "…"],
    ["👩‍👩‍👧‍👦", 4, "…"],
  ])("%j to %i is %j", (text, most, expected) => {
    expect(cutText(text, most)).toBe(expected);
  });

  it("never exceeds the limit, and keeps a beginning that ends between characters", () => {
    const boundaries = (text: string) =>
      [...new Intl.Segmenter("en").segment(text)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const cut = cutText(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        const kept = cut === text ? text : cut.slice(0, -1);
        expect(text.startsWith(kept)).toBe(true);
        expect([...boundaries(text), text.length]).toContain(kept.length);
      }),
    );
  });

  it("looks only at what can fit, however long one character is", () => {
    expect(cutText(`a${"\u0301".repeat(1_000_000)}`, 50)).toBe("…");
  });
});

describe("oneLine", () => {
  it.each([
    [" a\r\nb\tc ", "a b c"],
    ["a\u2028b\u2029c", "a b c"],
    ["a\u0000\u0007b", "ab"],
    ["\u202egnp.exe", "gnp.exe"],
    ["a\uD800b", "a\uFFFDb"],
    ["größe 😀", "größe 😀"],
  ])("%j is %j", (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });
});

describe("listed", () => {
  it.each([
    [3, "a, b, c"],
    [1, "a and 2 more"],
  ])("at most %i: %j", (most, expected) => {
    expect(listed(["a", "b", "c"], most)).toBe(expected);
  });
});

describe("utcTime", () => {
  it.each([
    ["2026-11-22T20:00:30.999Z", "2026-11-22 20:00:30 UTC"],
    ["2026-11-22T21:00:30+01:00", "2026-11-22 20:00:30 UTC"],
    ["soon", "soon"],
  ])("%s is %s", (time, expected) => {
    expect(utcTime(time)).toBe(expected);
  });
});

describe("percentDecoded", () => {
  it("reads what is encoded, and leaves what encodes nothing", () => {
    expect(["a%2Fb", "100%", "%E0%A4", "plain"].map(percentDecoded)).toEqual([
      "a/b",
      "100%",
      "%E0%A4",
      "plain",
    ]);
  });
});
