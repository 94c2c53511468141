import { expect, test } from "vitest";
import { uuidv7 } from "./uuid.ts";

test("a UUIDv7 holds its time, its version and its variant (RFC 9562, 5.7)", () => {
  // The time of the RFC's example, A.6.
  expect(uuidv7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("they sort by time, and differ within a millisecond", () => {
  const times = [1, 1000, Date.UTC(2026, 10, 22), Date.UTC(2026, 10, 22) + 1];
  const ids = times.map(uuidv7);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => uuidv7(5))).size).toBe(1000);
});
