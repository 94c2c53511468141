import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAjv } from "./ajv.ts";
import { Duration, Size, formatDuration, parseDuration, parseSize } from "./units.ts";

const durations = [
  ["0ms", 0],
  ["250ms", 250],
  ["1s", 1000],
  ["1.5s", 1500],
  ["15m", 900_000],
  ["1h", 3_600_000],
  ["30d", 2_592_000_000],
] as const;

const sizes = [
  ["0B", 0],
  ["512B", 512],
  ["64kB", 64_000],
  ["64KB", 64_000],
  ["10MB", 10_000_000],
  ["1.5GB", 1_500_000_000],
] as const;

const noDurations = ["", "1", "s", "1 s", "-1s", "1S", "1s ", " 1s", ".5s", "1.s", "1e3s", "1w", "1s1s"];
const noSizes = ["", "1", "MB", "1 MB", "-1MB", "1mb", "1MiB", "1M", "1kb", "1e3B"];

describe("durations", () => {
  it.each(durations)("%s = %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(noDurations)("refuses %j with the text and the units", (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
    expect(() => parseDuration(text)).toThrow(
      `${JSON.stringify(text)} is not a duration with its unit, such as 250ms, 1s, 15m, 1h or 30d`,
    );
  });

  it("are accepted by the schema exactly where they can be parsed", () => {
    const valid = createAjv().compile(Duration({ description: "How long." }));
    for (const [text] of durations) expect(valid(text)).toBe(true);
    for (const text of noDurations) expect(valid(text)).toBe(false);
  });

  it.each([
    [0, "0 ms"],
    [850, "850 ms"],
    [999, "999 ms"],
    [999.6, "1 s"],
    [1000, "1 s"],
    [4230, "4.2 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min"],
    [89_600, "1 min 30 s"],
    [119_600, "2 min"],
    [15 * 60_000 - 400, "15 min"],
    [15 * 60_000, "15 min"],
    [3_600_000, "1 h"],
    [3.34 * 3_600_000, "3 h 20 min"],
    [86_400_000, "1 d"],
    [52 * 3_600_000, "2 d 4 h"],
    [-30_000, "-30 s"],
  ])("%d ms is read as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("are never written with 60 min or 24 h", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/\b(60 s|60 min|24 h|undefined|NaN)/);
      }),
    );
  });
});

describe("sizes", () => {
  it.each(sizes)("%s = %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(noSizes)("refuses %j with the text and the units", (text) => {
    expect(() => parseSize(text)).toThrow(RangeError);
    expect(() => parseSize(text)).toThrow(
      `${JSON.stringify(text)} is not a size with its unit, such as 512B, 64kB, 10MB or 1GB`,
    );
  });

  it("are accepted by the schema exactly where they can be parsed", () => {
    const valid = createAjv().compile(Size());
    for (const [text] of sizes) expect(valid(text)).toBe(true);
    for (const text of noSizes) expect(valid(text)).toBe(false);
  });
});
