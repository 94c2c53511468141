import { MisconfiguredError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../outbox/fixtures/draft.ts";
import { createBench, type Delivery, never, obey } from "./fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };

/** Stops a sink with a deadline that the test sets; `ended` is undefined until it has. */
function stopping({ subscription }: Delivery) {
  const deadline = new AbortController();
  const stop = { ended: undefined as unknown, deadline: () => deadline.abort() };
  void subscription.stop(deadline.signal).then((report) => (stop.ended = report));
  return stop;
}

describe("stop", () => {
  test("drains what is pending, once", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.sleep(10), batch: one });
    await bench.append(...drafts(20));
    const stop = stopping(sink);
    await bench.clock.advance(199);
    expect(stop.ended).toBeUndefined();
    await bench.clock.advance(1);
    expect(stop.ended).toEqual({ sink: "a", delivered: 20, left: 0, dead: 0 });
    await bench.clock.advance(5);
    expect(bench.clock.sleeping()).toBe(0);
  });

  test("drains in order, with many lanes and few keys", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.sleep(10), batch: one, concurrency: 8 });
    await bench.append(...[1, 2, 3].flatMap((n) => ["x", "y"].map((key) => draft(key, { id: key + n }))));
    const stop = stopping(sink);
    await bench.clock.advance(30);
    expect(stop.ended).toMatchObject({ delivered: 6, left: 0 });
    expect(sink.calls.flatMap(({ ids }) => ids)).toEqual(["x1", "y1", "x2", "y2", "x3", "y3"]);
  });

  test("does not wait for a sink that fails: the rest stays on disk", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new Error("no")), batch: one });
    await bench.append(...drafts(5));
    await bench.clock.advance(10_000);
    const tried = sink.calls.length;
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect(stop.ended).toEqual({ sink: "a", delivered: 0, left: 5, dead: 0 });
    expect(sink.calls).toHaveLength(tried);
    const again = await bench.restart();
    expect(again.sink("a").subscription.idle()).toBe(false);
    await again.clock.advance(0);
    expect(await again.end()).toMatchObject([{ delivered: 5, left: 0 }]);
  });

  test("an event whose batch failed is not overtaken by the next of its key", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      async deliver({ ids }) {
        await bench.clock.sleep(10);
        if (ids[0] === "x1") throw new Error("no");
      },
      batch: one,
      concurrency: 2,
    });
    await bench.append(draft("x", { id: "x1" }), draft("y", { id: "y1" }), draft("x", { id: "x2" }));
    const stop = stopping(sink);
    await bench.clock.advance(1000);
    expect(stop.ended).toEqual({ sink: "a", delivered: 1, left: 2, dead: 0 });
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["x1"], ["y1"]]);
  });

  test("a paused sink is not tried at all", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: () => Promise.reject(new MisconfiguredError("no")),
      batch: one,
      concurrency: 4,
    });
    await bench.append(...drafts(10));
    expect(sink.calls).toHaveLength(4);
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect(stop.ended).toEqual({ sink: "a", delivered: 0, left: 10, dead: 0 });
    expect(sink.calls).toHaveLength(4);
    expect(bench.clock.sleeping()).toBe(0);
  });

  test("counts as left only what the sink wants", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { when: { scope: "self" }, deliver: () => Promise.reject(new Error("no")) });
    await bench.append(draft("x"), draft("y", { affectsSelf: false }));
    await bench.append(draft("z", { affectsSelf: false }), draft("u"));
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect(stop.ended).toMatchObject({ left: 2 });
  });

  test("before the start delivers nothing", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { started: false });
    await bench.append(draft("x"));
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect([stop.ended, sink.calls]).toEqual([{ sink: "a", delivered: 0, left: 1, dead: 0 }, []]);
  });
});

describe("the deadline", () => {
  test("ends a sink that hangs at that moment", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => never, batch: one });
    await bench.append(...drafts(3));
    const stop = stopping(sink);
    await bench.clock.advance(10_000);
    expect(stop.ended).toBeUndefined();
    stop.deadline();
    await bench.clock.advance(0);
    expect(stop.ended).toEqual({ sink: "a", delivered: 0, left: 3, dead: 0 });
    expect(sink.calls[0]?.signal.aborted).toBe(true);
    expect(bench.clock.sleeping()).toBe(0);
  });

  test("ends a sink whose close hangs, and says so", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { close: () => never });
    await bench.append(draft("x"));
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect(stop.ended).toBeUndefined();
    stop.deadline();
    await bench.clock.advance(0);
    expect(stop.ended).toMatchObject({ delivered: 1, left: 0 });
    expect(sink.log).toEqual(["closing failed: it was stopped before it answered"]);
  });

  test("leaves what was not tried yet", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ signal }) => Promise.race([bench.clock.sleep(10), obey(signal)]),
      batch: one,
    });
    await bench.append(...drafts(20));
    const stop = stopping(sink);
    await bench.clock.advance(55);
    stop.deadline();
    await bench.clock.advance(0);
    expect(stop.ended).toEqual({ sink: "a", delivered: 5, left: 15, dead: 0 });
    expect(sink.calls).toHaveLength(6);
  });

  test("that has passed tries nothing", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: { ...one, maxEvents: 10, lingerMs: 1000 } });
    await bench.append(draft("x"));
    expect(await bench.end()).toEqual([{ sink: "a", delivered: 0, left: 1, dead: 0 }]);
    expect(sink.calls).toEqual([]);
  });
});

describe("close", () => {
  test("is called once, after the last delivery", async () => {
    const bench = createBench();
    const order: string[] = [];
    const sink = bench.sink("a", {
      async deliver({ ids }) {
        await bench.clock.sleep(10);
        order.push(ids.join());
      },
      close: async () => void order.push("close"),
      batch: one,
    });
    await bench.append(...drafts(2));
    const stop = stopping(sink);
    await bench.clock.advance(20);
    expect([order, stop.ended]).toMatchObject([["e0", "e1", "close"], { delivered: 2 }]);
  });

  test("is not called where the sink was never opened", async () => {
    const bench = createBench();
    let closed = 0;
    bench.sink("a", { opening: () => Promise.reject(new Error("no")), close: async () => void closed++ });
    await bench.clock.advance(0);
    await bench.end();
    expect(closed).toBe(0);
  });

  test("that throws is a line in the log, without secrets", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      close: () => Promise.reject(new Error("no hunter2 here")),
      secrets: ["hunter2"],
    });
    await bench.append(draft("x"));
    await bench.clock.advance(0);
    const stop = stopping(sink);
    await bench.clock.advance(0);
    expect([sink.log, stop.ended]).toMatchObject([
      ["closing failed: no [redacted] here"],
      { delivered: 1, left: 0, dead: 0 },
    ]);
  });
});
