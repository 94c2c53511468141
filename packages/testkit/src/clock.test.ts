import { expect, test } from "vitest";
import { createKitClock } from "./clock.ts";

test("runs as fast as asked, in whole milliseconds, and wakes at its own time", async () => {
  const clock = createKitClock({ scale: 1000 });
  const [now, monotonic, began] = [clock.now(), clock.monotonic(), performance.now()];
  await clock.sleep(20_000);
  expect(performance.now() - began).toBeGreaterThanOrEqual(19);
  expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(19_000);
  expect(clock.now() - now).toBeGreaterThanOrEqual(19_000);
  expect(Number.isInteger(clock.now())).toBe(true);
});

test("is ahead of the machine's as far as asked", () => {
  const ahead = createKitClock({ aheadMs: 3_600_000 }).now() - Date.now();
  expect(Math.abs(ahead - 3_600_000)).toBeLessThan(60_000);
});

test("a signal wakes a sleeper, and whoever would fall asleep", async () => {
  expect.assertions(1);
  const clock = createKitClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(1e12, abort.signal);
  abort.abort();
  await sleeping;
  expect(await clock.sleep(1e12, abort.signal)).toBeUndefined();
});
