import { describe, expect, test } from "vitest";
import { draft, drafts } from "../../outbox/fixtures/draft.ts";
import { createBench, never, saidOf } from "../fixtures/delivery.ts";
import { one, urgentDraft } from "../fixtures/urgent.ts";

describe("a sink whose calls do not end when they are told to", () => {
  test("is paused after 3 in a row, as hung; its events are kept", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => never, timeoutMs: 2000, batch: one });
    await bench.append(...drafts(3));
    await bench.clock.advance(20_000);
    expect(saidOf(sink, "sinkPaused")).toEqual([
      {
        what: "sinkPaused",
        reason: "hung",
        message:
          "3 calls in a row did not end when they were told to: no answer within 2 s, and it went on after its signal",
      },
    ]);
    expect(sink.calls).toHaveLength(3);
    expect(await bench.end()).toMatchObject([{ left: 3, dead: 0 }]);
  });

  test("is tried again as any paused sink, and goes on", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth <= 3 && never, timeoutMs: 2000, batch: one });
    await bench.append(...drafts(3));
    await bench.clock.advance(60_000);
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
    expect(await bench.end()).toMatchObject([{ delivered: 3, left: 0 }]);
  });

  test("is not paused where a call in between ends", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => nth % 3 !== 0 && never,
      timeoutMs: 1000,
      batch: one,
    });
    await bench.append(...drafts(4));
    await bench.clock.advance(60_000);
    expect(saidOf(sink, "sinkPaused")).toEqual([]);
    expect(saidOf(sink, "delivered")).toHaveLength(4);
  });

  test("has an urgent event sent to it all the same", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids: [id] }) => id !== "u" && never,
      timeoutMs: 1000,
      batch: one,
    });
    await bench.append(draft("x"));
    await bench.clock.advance(10_000);
    expect(saidOf(sink, "sinkPaused")).toHaveLength(1);
    await bench.append(urgentDraft("u", 60_000));
    expect(saidOf(sink, "delivered")).toMatchObject([{ ids: ["u"] }]);
  });
});

describe("a call whose synchronous part is long", () => {
  test("is told of, and the sink rests nine times as long, so that others have their turn", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => bench.clock.stall(300), batch: one });
    await bench.append(draft("x"), draft("y"));
    expect(saidOf(sink, "sinkBlocked")).toEqual([{ what: "sinkBlocked", ms: 300 }]);
    await bench.clock.advance(2699);
    expect(sink.calls).toHaveLength(1);
    await bench.clock.advance(1);
    expect(sink.calls).toHaveLength(2);
  });

  test("holds back what is urgent only for as long as it took", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids: [id] }) => id === "x" && bench.clock.stall(300),
      batch: one,
    });
    await bench.append(draft("x"), draft("y"));
    await bench.append(urgentDraft("u", 60_000));
    await bench.clock.advance(299);
    expect(sink.calls.map(({ ids: [id] }) => id)).toEqual(["x"]);
    await bench.clock.advance(1);
    expect(sink.calls.map(({ ids: [id] }) => id)).toEqual(["x", "u"]);
  });
});
