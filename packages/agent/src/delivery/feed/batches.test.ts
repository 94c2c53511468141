import { describe, expect, test } from "vitest";
import type { EventDraft } from "../../normalize/draft.ts";
import { draft, drafts, observer, padding } from "../../outbox/fixtures/draft.ts";
import { batchOf } from "../attempt/batch.ts";
import { createBench, type Delivery } from "../fixtures/delivery.ts";

const ids = ({ calls }: Delivery) => calls.map((call) => call.ids);
const batch = (limits: { maxEvents?: number; maxBytes?: number; lingerMs?: number }) => ({
  batch: { maxEvents: 100, maxBytes: 1e9, lingerMs: 0, ...limits },
});

describe("a batch", () => {
  test("holds at most maxEvents", async () => {
    const bench = createBench();
    const sink = bench.sink("a", batch({ maxEvents: 2 }));
    await bench.append(...drafts(5));
    expect(ids(sink)).toEqual([["e0", "e1"], ["e2", "e3"], ["e4"]]);
  });

  test("holds at most maxBytes of JSON", async () => {
    const bench = createBench();
    const [first] = bench.outbox.append([draft("e9", { data: padding(1000) })], observer, {});
    const bytes = Buffer.byteLength(first?.json as string);
    const exactly = bench.sink("exactly", { from: "now", ...batch({ maxBytes: 2 * bytes }) });
    const less = bench.sink("less", { from: "now", ...batch({ maxBytes: 2 * bytes - 1 }) });
    await bench.append(...drafts(3, { data: padding(1000) }));
    expect(ids(exactly)).toEqual([["e0", "e1"], ["e2"]]);
    expect(ids(less)).toEqual([["e0"], ["e1"], ["e2"]]);
  });

  test("counts bytes, not characters", async () => {
    const bench = createBench();
    const data = { description: "日".repeat(1000) } as unknown as EventDraft["data"];
    const sink = bench.sink("a", batch({ maxBytes: 5000 }));
    await bench.append(...drafts(3, { data }));
    expect(ids(sink)).toEqual([["e0"], ["e1"], ["e2"]]);
  });

  test("an event that is larger than a batch may be travels alone", async () => {
    const bench = createBench();
    const sink = bench.sink("a", batch({ maxBytes: 3000 }));
    await bench.append(draft("x"), draft("large", { data: padding(5000) }), draft("y"), draft("z"));
    expect(ids(sink)).toEqual([["x"], ["large"], ["y", "z"]]);
  });

  test("skips what the sink does not want", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { when: { scope: "self" } });
    await bench.append(draft("x"), draft("y", { affectsSelf: false }), draft("z"));
    expect(ids(sink)).toEqual([["x", "z"]]);
  });
});

describe("linger", () => {
  test("waits for others, from the first event on", async () => {
    const bench = createBench();
    const sink = bench.sink("a", batch({ lingerMs: 200 }));
    await bench.append(draft("x"));
    await bench.clock.advance(150);
    await bench.append(draft("y"));
    await bench.clock.advance(49);
    expect(ids(sink)).toEqual([]);
    await bench.clock.advance(1);
    expect(ids(sink)).toEqual([["x", "y"]]);
    await bench.append(draft("z"));
    await bench.clock.advance(199);
    expect(ids(sink)).toHaveLength(1);
    await bench.clock.advance(1);
    expect(ids(sink)).toEqual([["x", "y"], ["z"]]);
  });

  test("ends as soon as the batch is full, by number or by bytes", async () => {
    const bench = createBench();
    const byNumber = bench.sink("number", batch({ maxEvents: 2, lingerMs: 200 }));
    const byBytes = bench.sink("bytes", batch({ maxBytes: 4000, lingerMs: 200 }));
    await bench.append(draft("x", { data: padding(1000) }));
    await bench.clock.advance(50);
    await bench.append(draft("y", { data: padding(1000) }));
    expect([ids(byNumber), ids(byBytes)]).toEqual([[["x", "y"]], []]);
    await bench.append(draft("z", { data: padding(1000) }));
    expect(ids(byBytes)).toEqual([["x", "y"]]);
    expect(byBytes.calls[0]?.at).toBe(50);
  });

  test("a full batch never waits", async () => {
    const bench = createBench();
    const sink = bench.sink("a", batch({ maxEvents: 2, lingerMs: 200 }));
    await bench.append(...drafts(5));
    expect(ids(sink)).toEqual([
      ["e0", "e1"],
      ["e2", "e3"],
    ]);
    await bench.clock.advance(200);
    expect(ids(sink)[2]).toEqual(["e4"]);
  });

  test("does not hold up the end", async () => {
    const bench = createBench();
    const sink = bench.sink("a", batch({ lingerMs: 10_000 }));
    await bench.append(draft("x"));
    const report = await sink.subscription.stop(new AbortController().signal);
    expect([ids(sink), report.delivered]).toEqual([[["x"]], 1]);
    await bench.clock.advance(5);
    expect(bench.clock.sleeping()).toBe(0);
  });
});

describe("a batch's id", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, json: "{}" })) as unknown as [never, never, never];
  const idOf = (sink: string, ...envelopes: never[]) => batchOf(sink, envelopes, 1).id;

  test("is known, so that another version makes the same", () => {
    expect(idOf("sink", a, b)).toBe("c0b95cd47e11e871f6f5e3569bf0be6e");
  });

  test("differs with the sink, the events and their order", () => {
    const made = [
      idOf("sink", a, b),
      idOf("sink", b, a),
      idOf("sink", a),
      idOf("sink", a, b, c),
      idOf("other", a, b),
    ];
    expect(new Set(made).size).toBe(made.length);
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test("does not depend on the attempt", () => {
    expect(batchOf("sink", [a], 1).id).toBe(batchOf("sink", [a], 7).id);
  });
});
