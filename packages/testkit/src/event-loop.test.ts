import { expect, test } from "vitest";
import { settlesWithin, until } from "./event-loop.ts";

const never = new Promise<void>(() => {});

test("a promise that settles, either way, is seen", async () => {
  expect(await settlesWithin(50, Promise.resolve())).toBe(true);
  expect(await settlesWithin(50, Promise.reject(new Error("no")))).toBe(true);
  expect(await settlesWithin(1000, new Promise((resolve) => setTimeout(resolve, 10)))).toBe(true);
});

test("one that does not is given up after so many turns", async () => {
  const began = performance.now();
  expect(await settlesWithin(20, never)).toBe(false);
  expect(performance.now() - began).toBeGreaterThanOrEqual(19);
});

test("a machine that stands still is not blamed on the promise", async () => {
  const slow = new Promise((resolve) => setTimeout(resolve, 5));
  const watching = settlesWithin(50, slow);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  expect(await watching).toBe(true);
});

test("until waits, and complains in time", async () => {
  let count = 0;
  await until(() => ++count > 3, 10_000, "never");
  await expect(until(() => false, 10, "it never came")).rejects.toThrow("it never came");
});
