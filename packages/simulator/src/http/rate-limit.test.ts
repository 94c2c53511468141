import { expect, test, vi } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";
import { createRateLimit } from "./rate-limit.ts";

test("without a limit everything fits", () => {
  const fits = createRateLimit(undefined);
  expect(Array.from({ length: 1000 }, fits)).not.toContain(false);
});

test("so many requests fit into any second, refused ones do not count", () => {
  vi.useFakeTimers();
  try {
    const fits = createRateLimit(2);
    expect([fits(), fits(), fits(), fits()]).toEqual([true, true, false, false]);
    vi.advanceTimersByTime(999);
    expect(fits()).toBe(false);
    vi.advanceTimersByTime(1);
    expect([fits(), fits(), fits()]).toEqual([true, true, false]);
  } finally {
    vi.useRealTimers();
  }
});

test.each([0, -1, 1.5, NaN])("%d is no limit", (perSecond) => {
  expect(() => createRateLimit(perSecond)).toThrow(RangeError);
});

test("the sixth request within a second gets 429 without Retry-After", async () => {
  await using simulator = await startSimulator({ rateLimit: 5 });
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask(simulator, EVENTS)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 429]);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.json).toEqual({ error: "Too many requests" });
  expect(refused?.headers.has("retry-after")).toBe(false);
});
