import type { Clock } from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { createPace } from "./pace.ts";

/** A clock on which time passes only when the test says so; sleepers wake when their time has come or they are aborted. */
function testClock() {
  const sleepers = new Set<{ readonly due: number; wake(): void }>();
  let time = 0;
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { due: time + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      return promise;
    },
  };
  async function pass(ms: number): Promise<void> {
    await new Promise(setImmediate);
    time += ms;
    for (const sleeper of sleepers) if (sleeper.due <= time) sleeper.wake();
    await new Promise(setImmediate);
  }
  return { clock, pass };
}

const never = new AbortController().signal;

/** Takes turns, and notes at what time each came. */
function taking(perMinute: number | undefined) {
  const { clock, pass } = testClock();
  const pace = createPace(clock);
  pace.allow(perMinute);
  const taken: number[] = [];
  const take = (signal = never) => pace.turn(signal).then(() => taken.push(clock.monotonic()));
  return { pace, pass, take, taken };
}

describe("createPace", () => {
  it("lets everything through without a limit", async () => {
    const { take, taken } = taking(undefined);
    await Promise.all([take(), take(), take()]);
    expect(taken).toEqual([0, 0, 0]);
  });

  it("spreads turns evenly, the first at once, in order", async () => {
    const { take, taken, pass } = taking(60);
    const all = Promise.all([take(), take(), take()]);
    for (let step = 0; step < 8; step += 1) await pass(250);
    await all;
    expect(taken).toEqual([0, 1000, 2000]);
  });

  it("never allows more in any minute than was agreed, whenever they come", async () => {
    const { take, taken, pass } = taking(30);
    const pending: Promise<unknown>[] = [];
    for (let step = 0; step < 200; step += 1) {
      if (step % 7 < 3) pending.push(take().catch(() => undefined));
      await pass(500);
    }
    await pass(10_000);
    await Promise.all(pending);
    const inMinuteFrom = (start: number) => taken.filter((at) => at >= start && at < start + 60_000).length;
    expect(Math.max(...taken.map(inMinuteFrom))).toBe(30);
  });

  it("asks to come back later where the turn is more than 5 s away, and takes none", async () => {
    const { take, taken, pass } = taking(4);
    await take();
    await pass(9000);
    await expect(take()).rejects.toMatchObject({
      code: "FOREWARN_RETRY",
      retryAfterMs: 6000,
      message: "the receiver allows one request in 15 s",
    });
    await pass(6000);
    await take();
    expect(taken).toEqual([0, 15_000]);
  });

  it("gives a turn back that was aborted", async () => {
    const { take, taken, pass } = taking(60);
    await take();
    const abort = new AbortController();
    const waiting = take(abort.signal);
    abort.abort(new Error("time is up"));
    await expect(waiting).rejects.toThrow("time is up");
    const next = take();
    await pass(1000);
    await next;
    expect(taken).toEqual([0, 1000]);
  });
});
