import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff, probeDelay } from "./backoff.ts";

describe("backoff", () => {
  test("doubles its bound from 500 ms up to a minute", () => {
    const most = Array.from({ length: 10 }, (_, index) => backoff(index + 1, () => 1));
    expect(most).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test("is spread over all of it, in whole milliseconds, however long it failed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, chance) => {
          const delay = backoff(failures, () => chance);
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(60_000);
        },
      ),
    );
    expect([0, 0.25, 0.999].map((chance) => backoff(3, () => chance))).toEqual([0, 500, 1998]);
  });
});

test("a paused sink is probed at 30 s, doubled up to 15 min", () => {
  const delays = Array.from({ length: 8 }, (_, index) => probeDelay(index) / 60_000);
  expect(delays).toEqual([0.5, 1, 2, 4, 8, 15, 15, 15]);
  expect(probeDelay(5000)).toBe(900_000);
});
