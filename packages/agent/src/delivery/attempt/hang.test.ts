import { RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../../outbox/fixtures/draft.ts";
import { createBench, never, obey, saidOf } from "../fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };

describe("a delivery that takes too long", () => {
  test("has its signal aborted, and is tried again when it obeys", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: ({ signal }, nth) => nth === 1 && obey(signal) });
    await bench.append(draft("x"));
    await bench.clock.advance(14_999);
    expect(sink.calls[0]?.signal.aborted).toBe(false);
    await bench.clock.advance(1);
    expect(sink.calls[0]?.signal.reason).toEqual(new Error("no answer within 15 s"));
    expect(saidOf(sink, "deliveryFailed")).toMatchObject([
      { message: "no answer within 15 s", retryInMs: 250 },
    ]);
    await bench.clock.advance(250);
    expect(saidOf(sink, "delivered")).toMatchObject([{ attempt: 2 }]);
  });

  test("is given up 1 s later when it does not obey, and tried again", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && never, timeoutMs: 2000 });
    await bench.append(draft("x"));
    await bench.clock.advance(2999);
    expect(sink.told).toEqual([]);
    await bench.clock.advance(1);
    expect(saidOf(sink, "deliveryFailed")).toMatchObject([
      { message: "no answer within 2 s, and it went on after its signal" },
    ]);
    await bench.clock.advance(250);
    expect(saidOf(sink, "delivered")).toMatchObject([{ attempt: 2 }]);
    // The watch over the second call ends when its time would have been up.
    await bench.clock.advance(2000);
    expect(bench.clock.sleeping()).toBe(0);
  });

  test("counts as delivered where it still arrives within that second", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.sleep(15_900) });
    await bench.append(draft("x"));
    await bench.clock.advance(15_900);
    expect(sink.told).toMatchObject([{ what: "delivered", attempt: 1, ms: 15_900 }]);
  });

  test("that ends later changes nothing any more", async () => {
    const bench = createBench();
    const late = Promise.withResolvers<void>();
    const sink = bench.sink("a", { deliver: (_, nth) => (nth === 1 ? late.promise : undefined) });
    await bench.append(draft("x"));
    await bench.clock.advance(16_250);
    expect(saidOf(sink, "delivered")).toHaveLength(1);
    late.reject(new Error("too late"));
    await bench.append(draft("y"));
    expect(saidOf(sink, "delivered")).toHaveLength(2);
    expect(await bench.settlements()).toEqual(["a: x", "a: y"]);
  });

  test("keeps a Retry-After that it throws at the end", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      async deliver(_, nth) {
        if (nth > 1) return;
        await bench.clock.sleep(15_500);
        throw new RetryError("answered 429", { retryAfterMs: 60_000 });
      },
    });
    await bench.append(draft("x"));
    await bench.clock.advance(15_500);
    expect(saidOf(sink, "deliveryFailed")).toMatchObject([{ retryInMs: 60_000 }]);
  });
});

describe("a signal", () => {
  test("never aborts after its delivery has settled", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => nth === 2 && Promise.reject(new Error("no")),
      batch: one,
    });
    await bench.append(...drafts(3));
    await bench.clock.advance(60_000);
    expect(sink.calls).toHaveLength(4);
    expect(sink.calls.filter(({ signal }) => signal.aborted)).toEqual([]);
    await bench.end();
    expect(sink.calls.filter(({ signal }) => signal.aborted)).toEqual([]);
  });
});

describe("an opening that hangs", () => {
  test("is given up, and tried anew", async () => {
    const bench = createBench();
    let openings = 0;
    const sink = bench.sink("a", { opening: (nth) => ((openings = nth), nth === 1 ? never : undefined) });
    await bench.append(draft("x"));
    await bench.clock.advance(16_000);
    expect([openings, saidOf(sink, "delivered").length]).toEqual([2, 1]);
  });

  test("that ends late is closed, since another one took its place", async () => {
    const bench = createBench();
    const late = Promise.withResolvers<void>();
    let closed = 0;
    bench.sink("a", {
      opening: (nth) => (nth === 1 ? late.promise : undefined),
      close: async () => void closed++,
    });
    await bench.append(draft("x"));
    await bench.clock.advance(16_000);
    late.resolve();
    await bench.clock.advance(0);
    expect(closed).toBe(1);
    await bench.end();
    expect(closed).toBe(2);
  });

  test("ends with the subscription", async () => {
    const bench = createBench();
    bench.sink("a", { opening: () => never });
    await bench.append(draft("x"));
    expect(await bench.end()).toEqual([{ sink: "a", delivered: 0, left: 1, dead: 0 }]);
    expect(bench.clock.sleeping()).toBe(0);
  });
});
