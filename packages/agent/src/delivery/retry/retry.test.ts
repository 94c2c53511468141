import { defineSink, MisconfiguredError, RetryError, Type } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../../outbox/fixtures/draft.ts";
import { createBench, saidOf } from "../fixtures/delivery.ts";

describe("a delivery that resolves", () => {
  test("is settled, told and counted", async () => {
    const bench = createBench();
    const sink = bench.sink("a");
    await bench.append(draft("x"), draft("y"));
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["x", "y"]]);
    expect(sink.told).toEqual([{ what: "delivered", attempt: 1, ms: 0, ids: ["x", "y"] }]);
    expect(sink.subscription.idle()).toBe(true);
    expect(await bench.end()).toEqual([{ sink: "a", delivered: 2, left: 0, dead: 0 }]);
    expect(await bench.settlements()).toEqual(["a: x", "a: y"]);
  });

  test("is not repeated after a restart", async () => {
    const bench = createBench();
    bench.sink("a");
    await bench.append(draft("x"));
    const again = await bench.restart();
    const sink = again.sink("a");
    await again.append(draft("y"));
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["y"]]);
  });

  test("tells how long it took", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.sleep(1234) });
    await bench.append(draft("x"));
    await bench.clock.advance(1234);
    expect(sink.told).toMatchObject([{ what: "delivered", ms: 1234 }]);
  });
});

describe("a delivery that fails", () => {
  test("is tried again with the same batch, ever later, up to a minute", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => (nth <= 10 ? Promise.reject(new RetryError("answered 503")) : undefined),
    });
    await bench.append(draft("x"));
    await bench.clock.advance(600_000);
    const waits = sink.calls.slice(1).map(({ at }, index) => at - (sink.calls[index]?.at as number));
    // Full jitter, and the test's chance is always one half.
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(sink.calls.map(({ batch }) => batch.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(new Set(sink.calls.map(({ batch }) => batch.id)).size).toBe(1);
    expect(new Set(sink.calls.map(({ ids }) => ids.join())).size).toBe(1);
    const failure = {
      what: "deliveryFailed",
      events: 1,
      attempt: 2,
      message: "answered 503",
      retryInMs: 500,
    };
    expect(saidOf(sink, "deliveryFailed")[1]).toEqual(failure);
    expect(saidOf(sink, "delivered")).toEqual([{ what: "delivered", attempt: 11, ms: 0, ids: ["x"] }]);
  });

  test("keeps its batch while more comes, and nothing overtakes it", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && Promise.reject(new Error("no")) });
    await bench.append(draft("x"));
    await bench.append(draft("y"));
    await bench.clock.advance(250);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["x"], ["x"], ["y"]]);
  });

  test("has the same batch id after a restart, and attempts are counted anew", async () => {
    const bench = createBench();
    const failing = bench.sink("a", { deliver: () => Promise.reject(new Error("no")) });
    await bench.append(draft("x"), draft("y"));
    await bench.clock.advance(1000);
    const again = await bench.restart();
    const sink = again.sink("a");
    await again.clock.advance(0);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["x", "y"]]);
    expect(sink.calls[0]?.batch.id).toBe(failing.calls[0]?.batch.id);
    expect(sink.calls[0]?.batch.attempt).toBe(1);
  });

  test.each([
    ["an unknown error", () => new TypeError("x is not a function"), "x is not a function"],
    ["an error without a message", () => new RangeError(), "RangeError"],
    ["a text", () => "no luck", "no luck"],
    ["nothing", () => undefined, "threw undefined, which is no error"],
    ["null", () => null, "threw null, which is no error"],
    ["a number", () => 503, "threw 503, which is no error"],
    ["a symbol", () => Symbol("no"), "threw Symbol(no), which is no error"],
    ["an object", () => ({ reason: "full" }), "threw { reason: 'full' }, which is no error"],
    ["an object with a message", () => ({ message: "from elsewhere" }), "from elsewhere"],
    [
      "an object without a prototype",
      () => Object.create(null) as unknown,
      "threw [Object: null prototype] {}, which is no error",
    ],
    ["an object with an unknown code", () => ({ code: "ECONNRESET", message: "reset" }), "reset"],
    [
      "an object that cannot be looked at",
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error("hands off");
            },
          },
        ),
      "it threw something that cannot be read",
    ],
  ])("%s means: try again", async (_, thrown, message) => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && Promise.reject(thrown()) });
    await bench.append(draft("x"));
    expect(sink.told).toMatchObject([{ what: "deliveryFailed", message }]);
    await bench.clock.advance(250);
    expect(sink.told).toMatchObject([{}, { what: "delivered", attempt: 2 }]);
  });

  test("a message is cut, whatever is thrown", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new Error("x".repeat(1e6))) });
    await bench.append(draft("x"));
    expect(saidOf(sink, "deliveryFailed")).toMatchObject([{ message: "x".repeat(2000) }]);
  });
});

describe("Retry-After", () => {
  const first = (retryAfterMs: number) => (_: unknown, nth: number) =>
    nth === 1 && Promise.reject(new RetryError("answered 429", { retryAfterMs }));

  test.each([
    ["longer than the backoff is waited for", 90_000, 90_000],
    ["shorter than the backoff does not hurry", 1, 250],
    ["is capped at an hour", 86_400_000, 3_600_000],
    ["without end is capped too", Number.POSITIVE_INFINITY, 3_600_000],
    ["that is no number is passed over", Number.NaN, 250],
    ["in the past is passed over", -5000, 250],
  ])("%s", async (_, asked, wait) => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: first(asked) });
    await bench.append(draft("x"));
    await bench.clock.advance(wait - 1);
    expect(sink.calls).toHaveLength(1);
    await bench.clock.advance(1);
    expect(sink.calls).toHaveLength(2);
  });

  test("of an error that only looks like ours", async () => {
    const bench = createBench();
    const thrown = { code: "FOREWARN_RETRY", message: "busy", retryAfterMs: "60" };
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && Promise.reject(thrown) });
    await bench.append(draft("x"));
    await bench.clock.advance(250);
    expect(sink.calls).toHaveLength(2);
  });
});

describe("a sink", () => {
  test("may be an object of a class, whose methods need their `this`", async () => {
    class Counter {
      said: string[] = [];
      async probe() {
        this.said.push("probe");
      }
      async deliver() {
        this.said.push("deliver");
        if (this.said.length === 1) throw new MisconfiguredError("not yet");
      }
      async close() {
        this.said.push("close");
      }
    }
    const counter = new Counter();
    const definition = defineSink({
      type: "test",
      summary: "",
      options: Type.Object({}),
      open: () => counter,
    });
    const bench = createBench();
    bench.sink("a", { definition });
    await bench.append(draft("x"));
    await bench.clock.advance(30_000);
    await bench.end();
    expect(counter.said).toEqual(["deliver", "probe", "deliver", "close"]);
  });
});

describe("what a sink is given", () => {
  test("cannot be changed", async () => {
    const bench = createBench();
    const sink = bench.sink("a");
    await bench.append(...drafts(2));
    const { batch } = sink.calls[0] as (typeof sink.calls)[0];
    for (const part of [batch, batch.events, batch.encoded, batch.events[0], batch.events[0]?.data])
      expect(Object.isFrozen(part)).toBe(true);
    expect(batch.encoded.map((text) => JSON.parse(text) as unknown)).toEqual(batch.events);
    expect(batch.events).toBe(batch.events);
  });
});
