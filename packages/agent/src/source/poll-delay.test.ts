import type { ImdsErrorCode } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import { imdsError } from "./fixtures/azure.ts";
import { pollDelay } from "./poll-delay.ts";

const middle = () => 0.5;
const delays = (code: ImdsErrorCode, interval = 1000, random = middle) =>
  [1, 2, 3, 4, 5, 60, 5000].map((failures) => pollDelay(imdsError(code), failures, interval, random));

describe("what may pass by itself is asked again soon and for ever", () => {
  const passing: readonly ImdsErrorCode[] = [
    ...(["not-found", "gone", "throttled", "server-error", "redirected", "unexpected-status"] as const),
    ...(["not-json", "wrong-shape", "too-large", "timeout", "unreachable", "connection-lost"] as const),
  ];

  test.each(passing)("%s: the interval, doubled up to 5 s", (code) => {
    expect(delays(code)).toEqual([1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  });

  test("never sooner than the interval, jitter apart", () => {
    expect(delays("timeout", 10_000)).toEqual(Array.from({ length: 7 }, () => 10_000));
    expect(delays("timeout", 3000).slice(0, 3)).toEqual([3000, 5000, 5000]);
  });

  test("with a quarter of jitter to both sides", () => {
    expect(delays("gone", 1000, () => 0).slice(0, 4)).toEqual([750, 1500, 3000, 3750]);
    expect(delays("gone", 1000, () => 0.999).slice(0, 4)).toEqual([1250, 2499, 4998, 6248]);
  });

  test("not within a second of a 5xx", () => {
    expect(delays("server-error", 1000, () => 0).slice(0, 3)).toEqual([1000, 1500, 3000]);
    expect(delays("server-error", 100, () => 0).slice(0, 2)).toEqual([1000, 1000]);
  });

  test("not sooner than a Retry-After, of which 10 s are obeyed", () => {
    const asking = (retryAfterMs: number, failures = 1) =>
      pollDelay(Object.assign(imdsError("throttled"), { retryAfterMs }), failures, 1000, middle);
    expect([0, 3000, 9999, 3_600_000].map((ms) => asking(ms))).toEqual([1000, 3000, 9999, 10_000]);
    expect(asking(3000, 4)).toBe(5000);
  });

  test("a 410 of 70 s is outlived: it is asked for every 5 s at least, and never given up", () => {
    let waitedMs = 0;
    let asked = 0;
    while (waitedMs < 90_000) waitedMs += pollDelay(imdsError("gone"), ++asked, 1000, () => 0.999);
    expect(asked).toBeGreaterThan(14);
  });

  test("a spot eviction 30 s ahead is seen after any outage", () => {
    expect(Math.max(...delays("unreachable", 1000, () => 0.999))).toBeLessThan(10_000);
  });
});

test.each<ImdsErrorCode>(["bad-request", "unauthorized", "forbidden", "method-not-allowed", "misdirected"])(
  "%s may be a hiccup, which must not hide a spot eviction; what goes on needs a person: 30 s",
  (code) => {
    expect(delays(code)).toEqual([1000, 2000, 4000, 5000, 30_000, 30_000, 30_000]);
  },
);
