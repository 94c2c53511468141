import { expect, test } from "vitest";
import { createReminder } from "./reminder.ts";

test("a trouble is told at once, after 1, 11 and 71 minutes, then every hour, with how long it has gone on", () => {
  let minutes = 0;
  const reminder = createReminder(() => minutes * 60_000);
  const told: number[] = [];
  for (; minutes < 200; minutes++) if (reminder.due("x").tell) told.push(minutes);
  expect(told).toEqual([0, 1, 11, 71, 131, 191]);
  expect(reminder.due("x").forMs).toBe(200 * 60_000);
  expect(reminder.due("y")).toEqual({ tell: true, forMs: 0 });
  expect(reminder.over("x")).toEqual({ forMs: 200 * 60_000 });
  expect(reminder.over("x")).toBeUndefined();
  expect(reminder.due("x").tell).toBe(true);
});
