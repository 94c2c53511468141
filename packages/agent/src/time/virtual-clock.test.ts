import { describe, expect, test } from "vitest";
import { createVirtualClock } from "./virtual-clock.ts";

const noon = Date.UTC(2026, 10, 22, 12);

describe("advance", () => {
  test("nothing moves by itself", async () => {
    const clock = createVirtualClock({ now: noon });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), clock.monotonic()]).toEqual([noon, 0]);
  });

  test("wakes each sleeper at its own moment, in order, and among equals the first first", async () => {
    const clock = createVirtualClock({ now: noon });
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.monotonic()}, ${clock.now() - noon}`);
    };
    void sleeper("late", 300);
    void sleeper("first", 100);
    void sleeper("second", 100);
    void sleeper("too late", 301);
    await clock.advance(300);
    expect(woken).toEqual(["first at 100, 100", "second at 100, 100", "late at 300, 300"]);
    expect(clock.sleeping()).toBe(1);
  });

  test("who falls asleep again is woken again, and long promise chains run in between", async () => {
    const clock = createVirtualClock({ now: noon });
    const ticks: number[] = [];
    void (async () => {
      while (ticks.length < 5) {
        await clock.sleep(1000);
        for (let hop = 0; hop < 200; hop++) await Promise.resolve();
        ticks.push(clock.monotonic());
      }
    })();
    await clock.advance(3500);
    expect(ticks).toEqual([1000, 2000, 3000]);
    expect(clock.monotonic()).toBe(3500);
    await clock.advance(500);
    expect(ticks).toEqual([1000, 2000, 3000, 4000]);
  });

  test("a loop that sleeps for 0 ms moves time, like a timer does", async () => {
    const clock = createVirtualClock({ now: noon });
    let rounds = 0;
    void (async () => {
      while (rounds < 100) {
        await clock.sleep(0);
        rounds++;
      }
    })();
    await clock.advance(10);
    expect(rounds).toBe(10);
  });

  test("0 ms lets what is ready run and wakes nobody", async () => {
    const clock = createVirtualClock({ now: noon });
    let ran = false;
    void Promise.resolve().then(() => (ran = true));
    void clock.sleep(0);
    await clock.advance(0);
    expect([ran, clock.sleeping(), clock.monotonic()]).toEqual([true, 1, 0]);
  });

  test("refuses what cannot be, and a second one at once", async () => {
    const clock = createVirtualClock({ now: noon });
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advance(0.5)).rejects.toThrow(RangeError);
    const first = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow("already moving");
    await first;
    await clock.advance(1);
    expect(clock.monotonic()).toBe(2);
  });
});

describe("sleep", () => {
  test("ends at once when its signal aborts, now or before", async () => {
    const clock = createVirtualClock({ now: noon });
    const abort = new AbortController();
    const sleeping = clock.sleep(1000, abort.signal);
    abort.abort();
    await sleeping;
    await clock.sleep(1000, abort.signal);
    expect([clock.monotonic(), clock.sleeping()]).toEqual([0, 0]);
  });

  test("leaves no listener on a signal that outlives it", async () => {
    const clock = createVirtualClock({ now: noon });
    const { signal } = new AbortController();
    const added: unknown[] = [];
    const removed: unknown[] = [];
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...call: Parameters<typeof add>) => (added.push(call[1]), add(...call));
    signal.removeEventListener = (...call: Parameters<typeof remove>) => (
      removed.push(call[1]),
      remove(...call)
    );
    void clock.sleep(5, signal);
    await clock.advance(5);
    expect(removed).toEqual(added);
  });
});

test("jump moves only the wall clock, back too", async () => {
  const clock = createVirtualClock({ now: noon });
  let woken = false;
  void clock.sleep(1000).then(() => (woken = true));
  clock.jump(3_600_000);
  await clock.advance(999);
  expect([woken, clock.now() - noon, clock.monotonic()]).toEqual([false, 3_600_999, 999]);
  clock.jump(-7_200_000);
  await clock.advance(1);
  expect([woken, clock.now() - noon, clock.monotonic()]).toEqual([true, -3_599_000, 1000]);
});

test("freeze moves both clocks; sleepers wake late, once, in order", async () => {
  const clock = createVirtualClock({ now: noon });
  const woken: string[] = [];
  void (async () => {
    for (let round = 1; round <= 3; round++) {
      await clock.sleep(1000);
      woken.push(`loop ${round} at ${clock.monotonic()}`);
    }
  })();
  void clock.sleep(500).then(() => woken.push(`once at ${clock.monotonic()}`));
  await clock.freeze(60_000);
  expect(woken).toEqual(["once at 60000", "loop 1 at 60000"]);
  expect(clock.now() - noon).toBe(60_000);
  await clock.advance(1000);
  expect(woken.at(-1)).toBe("loop 2 at 61000");
});
