import { PartialDeliveryError, RejectError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { drafts, observer } from "../../outbox/fixtures/draft.ts";
import { createBench, type Delivery, saidOf } from "../fixtures/delivery.ts";

const one = { batch: { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 } };
const dead = (sink: Delivery) => saidOf(sink, "deadLettered").flatMap(({ ids }) => ids as readonly string[]);
const refuse = () => {
  throw new RejectError("refused with 400");
};

describe("20 rejections in a row", () => {
  test.each([1, 100])("pause the sink, in batches of %d; the rest is kept", async (maxEvents) => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: refuse, batch: { ...one.batch, maxEvents } });
    await bench.append(...drafts(30));
    expect(dead(sink)).toEqual(drafts(20).map(({ subject }) => subject));
    expect(saidOf(sink, "sinkPaused")).toEqual([
      {
        what: "sinkPaused",
        reason: "misconfigured",
        message: "rejected 20 events in a row: refused with 400",
      },
    ]);
    await bench.clock.advance(3_600_000);
    expect(dead(sink)).toHaveLength(20);
    expect(saidOf(sink, "sinkResumed")).toEqual([]);
    expect(await bench.end()).toMatchObject([{ dead: 20, left: 10 }]);
  });

  test("19 do not, nor 19 twice with a delivery between them", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth !== 20 && refuse(), ...one });
    await bench.append(...drafts(39));
    expect([dead(sink).length, saidOf(sink, "sinkPaused")]).toEqual([38, []]);
    await bench.append(...drafts(1, { subject: "last" }));
    expect(saidOf(sink, "sinkPaused")).toHaveLength(1);
  });

  test("count where they came as parts of batches", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver({ ids }) {
        const rejected = ids.map((_, index) => ({ index, reason: "no such field" }));
        throw new PartialDeliveryError("all of them", { delivered: [], rejected });
      },
      batch: { ...one.batch, maxEvents: 10 },
    });
    await bench.append(...drafts(50));
    expect(dead(sink)).toHaveLength(20);
    expect(saidOf(sink, "sinkPaused")).toMatchObject([
      { message: "rejected 20 events in a row: no such field" },
    ]);
    expect(saidOf(sink, "delivered")).toEqual([]);
  });

  test("the next event alone is the probe; when it arrives, the rest follows", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.monotonic() < 80_000 && refuse() });
    await bench.append(...drafts(30));
    const before = sink.calls.length;
    await bench.clock.advance(89_999);
    const probes = sink.calls.slice(before);
    expect(probes.map(({ ids, at }) => [at, ids])).toEqual([[30_000, ["e20"]]]);
    await bench.clock.advance(1);
    expect(saidOf(sink, "sinkResumed")).toEqual([{ what: "sinkResumed", pausedMs: 90_000 }]);
    expect(saidOf(sink, "delivered").flatMap(({ ids }) => ids)).toEqual(
      drafts(30)
        .slice(20)
        .map(({ subject }) => subject),
    );
    expect(sink.subscription.idle()).toBe(true);
  });

  test("an event that is damaged on disk is no probe", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth <= 20 && refuse(), ...one });
    bench.outbox.append(drafts(22), observer, {});
    bench.place.database().exec("UPDATE event SET json = '{' WHERE id = 'e20:scheduled'");
    await bench.append();
    await bench.clock.advance(90_000);
    expect(saidOf(sink, "delivered")).toMatchObject([{ ids: ["e21"] }]);
    expect(saidOf(sink, "deadLettered").at(-1)).toMatchObject({ reason: "corrupt", ids: ["e20"] });
  });

  test("with nothing left to probe with, the pause waits for an event", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth <= 20 && refuse(), ...one });
    await bench.append(...drafts(20));
    await bench.clock.advance(80_000);
    expect(saidOf(sink, "sinkPaused")).toHaveLength(1);
    await bench.append(...drafts(2, { id: "later" }));
    expect(sink.calls).toHaveLength(20);
    await bench.clock.advance(10_000);
    expect(sink.calls.slice(20).map(({ ids }) => ids)).toEqual([["later"], ["later:2"]]);
    expect(await bench.end()).toMatchObject([{ delivered: 2, dead: 20, left: 0 }]);
  });

  test("a probe of the sink's own decides where there is one", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => nth <= 20 && refuse(),
      probe: async () => {},
      ...one,
    });
    await bench.append(...drafts(25));
    await bench.clock.advance(30_000);
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
    expect(await bench.end()).toMatchObject([{ delivered: 5, dead: 20, left: 0 }]);
  });
});
