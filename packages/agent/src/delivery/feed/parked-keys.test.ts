import { expect, test } from "vitest";
import type { Envelope } from "../../outbox/envelope.ts";
import { createParkedKeys } from "./parked-keys.ts";

const row = (key: string, seq: number) => ({ key, seq }) as Envelope;

test("counts what was in memory and what is read later, and what is read again once", () => {
  const parked = createParkedKeys();
  parked.park("a", [row("a", 3), row("a", 7)], 5);

  for (const seq of [7, 8, 7, 8, 9]) expect(parked.leave(row("a", seq))).toBe(true);
  expect(parked.leave(row("b", 10))).toBe(false);

  expect(parked.count()).toBe(4);
  expect(parked.lowest()).toBe(3);
  expect(parked.unpark("a")).toBe(3);
  expect(parked.count()).toBe(0);
  expect(parked.lowest()).toBe(Number.POSITIVE_INFINITY);
});

test("counts a replayed event below what was counted", () => {
  const parked = createParkedKeys();
  parked.park("a", [row("a", 7)], 7);

  expect(parked.leaveReplayed(row("a", 2))).toBe(true);
  expect(parked.leaveReplayed(row("b", 2))).toBe(false);

  expect(parked.count()).toBe(2);
  expect(parked.lowest()).toBe(2);
});

test("says nothing of a key behind which nothing waits", () => {
  const parked = createParkedKeys();
  parked.park("a", [], 7);

  expect(parked.lowest()).toBe(Number.POSITIVE_INFINITY);
  expect(parked.unpark("a")).toBeNull();
  expect(parked.unpark("a")).toBeNull();
});
