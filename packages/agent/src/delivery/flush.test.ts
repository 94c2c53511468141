import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../outbox/fixtures/draft.ts";
import { createBench, type Delivery, never, saidOf } from "./fixtures/delivery.ts";
import { one } from "./fixtures/urgent.ts";

/** Flushes a sink with a deadline that the test sets; `report` is undefined until it has ended. */
function flushing({ subscription }: Delivery) {
  const deadline = new AbortController();
  const flush = { report: undefined as unknown, deadline: () => deadline.abort() };
  void subscription.flush(deadline.signal).then((report) => (flush.report = report));
  return flush;
}

describe("flush", () => {
  test("sends at once what waits for others", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: { ...one, maxEvents: 100, lingerMs: 60_000 } });
    await bench.append(...drafts(3));
    expect(sink.calls).toHaveLength(0);
    const flush = flushing(sink);
    await bench.clock.advance(20);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1", "e2"]]);
    expect(flush.report).toEqual({ sink: "a", delivered: 3, left: 0 });
    await bench.append(draft("later"));
    await bench.clock.advance(59_000);
    expect(sink.calls).toHaveLength(1);
  });

  test("tries once, before its time, what failed before", async () => {
    const bench = createBench();
    let works = false;
    const sink = bench.sink("a", {
      deliver: () => (works ? undefined : Promise.reject(new Error("no"))),
    });
    await bench.append(draft("x"));
    await bench.clock.advance(20_000);
    const before = sink.calls.length;
    const failing = flushing(sink);
    await bench.clock.advance(20);
    expect(sink.calls).toHaveLength(before + 1);
    expect(failing.report).toEqual({ sink: "a", delivered: 0, left: 1 });
    works = true;
    const working = flushing(sink);
    await bench.clock.advance(20);
    expect(working.report).toEqual({ sink: "a", delivered: 1, left: 0 });
  });

  test("tries what is parked, and the whole backlog behind it", async () => {
    const bench = createBench();
    let works = false;
    const sink = bench.sink("a", {
      batch: one,
      deliver: ({ ids }) => (works || ids[0] !== "poison" ? undefined : Promise.reject(new Error("no"))),
    });
    await bench.append(draft("poison"), ...drafts(20));
    for (let turn = 0; turn < 40 && sink.subscription.look().parked === 0; turn++)
      await bench.clock.advance(15_000);
    expect(sink.subscription.look().parked).toBe(1);
    works = true;
    const flush = flushing(sink);
    await bench.clock.advance(20);
    expect(flush.report).toMatchObject({ left: 0 });
    expect(sink.calls.at(-1)?.ids).toEqual(["poison"]);
  });

  test("probes a paused sink, and sends all where it works again", async () => {
    const bench = createBench();
    let works = false;
    const sink = bench.sink("a", {
      batch: one,
      deliver: () => (works ? undefined : Promise.reject(new MisconfiguredError("no"))),
    });
    await bench.append(...drafts(3));
    expect(saidOf(sink, "sinkPaused")).toHaveLength(1);
    const failing = flushing(sink);
    await bench.clock.advance(20);
    expect([failing.report, sink.calls.length]).toEqual([{ sink: "a", delivered: 0, left: 3 }, 2]);
    works = true;
    const working = flushing(sink);
    await bench.clock.advance(20);
    expect(working.report).toEqual({ sink: "a", delivered: 3, left: 0 });
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
  });

  test("waits for a sink that is still being opened", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { opening: () => bench.clock.sleep(3000) });
    await bench.append(draft("x"));
    const flush = flushing(sink);
    await bench.clock.advance(2000);
    expect(flush.report).toBeUndefined();
    await bench.clock.advance(1100);
    expect(flush.report).toEqual({ sink: "a", delivered: 1, left: 0 });
  });

  test("does not call a destination that asked for a rest", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: () => Promise.reject(new RetryError("later", { retryAfterMs: 60_000 })),
    });
    await bench.append(draft("x"));
    const flush = flushing(sink);
    await bench.clock.advance(1000);
    expect([flush.report, sink.calls.length]).toEqual([{ sink: "a", delivered: 0, left: 1 }, 1]);
    await bench.clock.advance(59_000);
    expect(sink.calls).toHaveLength(2);
  });

  test("ends at its deadline where a sink hangs; the call goes on", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => never, timeoutMs: 15_000 });
    await bench.append(draft("x"));
    const flush = flushing(sink);
    await bench.clock.advance(5000);
    expect(flush.report).toBeUndefined();
    flush.deadline();
    await bench.clock.advance(0);
    expect(flush.report).toEqual({ sink: "a", delivered: 0, left: 1 });
    expect(sink.calls[0]?.signal.aborted).toBe(false);
  });
});
