import { expect, test } from "vitest";
import { createVirtualClock } from "../../time/virtual-clock.ts";
import { createAlarm } from "./alarm.ts";

function begin() {
  const clock = createVirtualClock({ now: 0 });
  const rung: [name: string, at: number][] = [];
  const alarm = createAlarm(clock);
  const at = (due: number, name: string) => alarm.at(due, () => rung.push([name, clock.monotonic()]));
  return { clock, rung, alarm, at };
}

test("each moment rings at its own time, however they were set, with one sleep for all", async () => {
  const { clock, rung, at } = begin();
  at(30, "late");
  at(10, "soon");
  at(20, "between");
  at(20, "beside it");
  expect(clock.sleeping()).toBe(1);
  await clock.advance(100);
  expect(rung).toEqual([
    ["soon", 10],
    ["between", 20],
    ["beside it", 20],
    ["late", 30],
  ]);
  expect(clock.sleeping()).toBe(0);
});

test("what is cancelled does not ring, not even by what rings at the same moment", async () => {
  const { clock, rung, alarm, at } = begin();
  at(10, "cancelled")();
  alarm.at(20, () => beside());
  const beside = at(20, "cancelled by the one before");
  at(30, "kept");
  await clock.advance(100);
  expect(rung).toEqual([["kept", 30]]);
});

test("a moment that is set while the alarm sleeps for a cancelled one rings in time, and one set by a ring too", async () => {
  const { clock, rung, alarm, at } = begin();
  at(10, "cancelled")();
  alarm.at(15, () => at(40, "set by a ring"));
  await clock.advance(12);
  at(60, "set later");
  await clock.advance(100);
  expect(rung).toEqual([
    ["set by a ring", 40],
    ["set later", 60],
  ]);
});

test("a suspended machine rings afterwards what should have rung, and a closed alarm never", async () => {
  const { clock, rung, alarm, at } = begin();
  at(10, "missed");
  await clock.freeze(50);
  expect(rung).toEqual([["missed", 50]]);
  at(80, "closed");
  alarm.close();
  await clock.advance(100);
  expect([rung.length, clock.sleeping()]).toEqual([1, 0]);
});
