import { MisconfiguredError, RejectError, RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../../outbox/fixtures/draft.ts";
import { type Bench, createBench, never, saidOf } from "../fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };
const minute = 60_000;
const wrong = new MisconfiguredError("answered 401: check the credentials");

/** Misconfigured until this moment of the test, as a person leaves it. */
const until = (bench: Bench, ms: number) => (): void => {
  if (bench.clock.monotonic() < ms) throw wrong;
};

describe("a misconfigured sink", () => {
  test("is paused and told of once; nothing goes to the dead letters, however long it takes", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: until(bench, Number.POSITIVE_INFINITY), batch: one });
    await bench.append(...drafts(30));
    await bench.clock.advance(24 * 60 * minute);
    expect(sink.told).toEqual([
      { what: "sinkPaused", reason: "misconfigured", message: "answered 401: check the credentials" },
    ]);
    expect(await bench.end()).toEqual([{ sink: "a", delivered: 0, left: 30, dead: 0 }]);
  });

  test("is tried with its oldest event alone at 30 s, then twice as long each time, up to 15 min", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: until(bench, Number.POSITIVE_INFINITY) });
    await bench.append(...drafts(3));
    await bench.clock.advance(62 * minute);
    const [first, ...probes] = sink.calls;
    expect(first?.ids).toEqual(["e0", "e1", "e2"]);
    expect(new Set(probes.map(({ ids }) => ids.join()))).toEqual(new Set(["e0"]));
    expect(probes.map(({ at }) => at / minute)).toEqual([0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5, 60.5]);
    expect(probes.map(({ batch }) => batch.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("counts its attempts on where the batch is one event, since the probe is that batch", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: until(bench, minute) });
    await bench.append(draft("x"));
    await bench.clock.advance(90_000);
    expect(sink.calls.map(({ batch }) => batch.attempt)).toEqual([1, 2, 3]);
    expect(new Set(sink.calls.map(({ batch }) => batch.id)).size).toBe(1);
  });

  test("goes on when the probe arrives, which is not sent again", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: until(bench, minute) });
    await bench.append(...drafts(3));
    await bench.clock.advance(89_999);
    await bench.append(draft("later"));
    await bench.clock.advance(1);
    expect(saidOf(sink, "sinkResumed")).toEqual([{ what: "sinkResumed", pausedMs: 90_000 }]);
    expect(saidOf(sink, "delivered").map(({ ids }) => ids)).toEqual([["e0"], ["e1", "e2", "later"]]);
    expect(await bench.settlements()).toEqual(["a: e0", "a: e1", "a: e2", "a: later"]);
  });

  test("goes on also when it now refuses only the event of the probe", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver({ ids }) {
        until(bench, minute)();
        if (ids.includes("e0")) throw new RejectError("refused with 400");
      },
    });
    await bench.append(...drafts(3));
    await bench.clock.advance(90_000);
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
    expect(await bench.settlements()).toEqual(["a: e0 rejected", "a: e1", "a: e2"]);
  });

  test("stays paused while the probe finds nobody", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver() {
        until(bench, minute)();
        if (bench.clock.monotonic() < 3 * minute) throw new RetryError("no answer");
      },
    });
    await bench.append(draft("x"));
    await bench.clock.advance(90_000);
    expect(saidOf(sink, "sinkResumed")).toEqual([]);
    await bench.clock.advance(2 * minute);
    expect(saidOf(sink, "sinkResumed")).toEqual([{ what: "sinkResumed", pausedMs: 210_000 }]);
  });

  test("is asked by its own probe where it has one, and sends nothing meanwhile", async () => {
    const bench = createBench();
    let probes = 0;
    const sink = bench.sink("a", {
      deliver: until(bench, minute),
      async probe() {
        probes++;
        until(bench, 5 * minute)();
      },
    });
    await bench.append(...drafts(3));
    await bench.clock.advance(7.5 * minute - 1);
    expect([probes, sink.calls.length]).toEqual([3, 1]);
    await bench.clock.advance(1);
    expect([probes, sink.calls.length]).toEqual([4, 2]);
    expect(sink.calls[1]?.batch).toMatchObject({ id: sink.calls[0]?.batch.id, attempt: 2 });
  });

  test("is not stopped by a probe that hangs", async () => {
    const bench = createBench();
    let probes = 0;
    const sink = bench.sink("a", {
      deliver: until(bench, 1),
      probe: () => (++probes === 1 ? never : Promise.resolve()),
    });
    await bench.append(draft("x"));
    await bench.clock.advance(30_000 + 16_000 + minute);
    expect([probes, saidOf(sink, "delivered").length]).toEqual([2, 1]);
  });

  test("is paused again, with 30 s again, when it breaks again", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids }) => ids[0] === "y" && Promise.reject(wrong),
      batch: one,
    });
    await bench.append(draft("y"));
    await bench.clock.advance(30_000);
    expect(sink.calls).toHaveLength(2);
    await bench.clock.advance(60_000);
    expect(sink.calls).toHaveLength(3);
  });
});

describe("a misconfigured sink of many lanes", () => {
  test("is paused once, and probed once at a time", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: until(bench, minute), batch: one, concurrency: 8 });
    await bench.append(...drafts(20));
    expect(sink.calls).toHaveLength(8);
    await bench.clock.advance(89_999);
    expect([sink.calls.length, saidOf(sink, "sinkPaused").length]).toEqual([9, 1]);
    await bench.clock.advance(1);
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
    expect(await bench.end()).toMatchObject([{ delivered: 20, left: 0, dead: 0 }]);
    expect(sink.calls).toHaveLength(9 + 20);
  });

  test("waits in every lane, also in those that were in backoff", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver({ ids }) {
        if (bench.clock.monotonic() > minute) return;
        if (ids[0] === "e0" && bench.clock.monotonic() > 100) throw wrong;
        throw new RetryError("busy");
      },
      batch: one,
      concurrency: 2,
    });
    await bench.append(...drafts(2));
    await bench.clock.advance(250);
    const before = sink.calls.length;
    await bench.clock.advance(29_999);
    expect(sink.calls).toHaveLength(before);
  });
});

describe("a sink that cannot be opened", () => {
  test("is paused at the start, before any event, and opened again", async () => {
    const bench = createBench();
    let openings = 0;
    const sink = bench.sink("a", { opening: (nth) => ((openings = nth), until(bench, minute)()) });
    await bench.clock.advance(0);
    expect(sink.told).toEqual([{ what: "sinkPaused", reason: "misconfigured", message: wrong.message }]);
    await bench.append(draft("x"));
    await bench.clock.advance(90_000);
    expect([openings, saidOf(sink, "sinkResumed").length, saidOf(sink, "delivered").length]).toEqual([
      3, 1, 1,
    ]);
  });

  test("for any other reason is told of at the start, and opened again with the first event", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      opening: (nth) => nth <= 2 && Promise.reject(new Error("no file descriptors")),
    });
    await bench.clock.advance(0);
    expect(sink.log).toEqual(["opening failed: no file descriptors"]);
    await bench.append(draft("x"));
    expect(saidOf(sink, "deliveryFailed")).toMatchObject([{ message: "no file descriptors", attempt: 1 }]);
    await bench.clock.advance(250);
    expect(saidOf(sink, "delivered")).toMatchObject([{ ids: ["x"] }]);
  });

  test("loses no event, whatever it throws", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      opening: () => Promise.reject(new RejectError("no such option")),
      batch: one,
    });
    await bench.append(...drafts(3));
    await bench.clock.advance(minute);
    expect(saidOf(sink, "sinkPaused")).toMatchObject([{ message: "no such option" }]);
    expect(await bench.end()).toEqual([{ sink: "a", delivered: 0, left: 3, dead: 0 }]);
  });

  test("is opened only once when all is well, by many lanes", async () => {
    const bench = createBench();
    let openings = 0;
    const sink = bench.sink("a", { opening: (nth) => void (openings = nth), batch: one, concurrency: 8 });
    await bench.append(...drafts(20));
    expect([openings, sink.calls.length]).toEqual([1, 20]);
  });
});
