import { describe, expect, test } from "vitest";
import type { EventDraft } from "../normalize/draft.ts";
import { draft, drafts, observer } from "../outbox/fixtures/draft.ts";
import { type Call, createBench, type Delivery } from "./fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };

/** Phases of one story: `a1`, `a2`, … of the key `a`. */
const story = (key: string, ...phases: readonly number[]): readonly EventDraft[] =>
  phases.map((phase) => draft(key, { id: `${key}${phase}` }));

const ids = ({ calls }: Delivery) => calls.flatMap((call) => call.ids);

/** Counts how many calls are under way at once; each takes 20 ms. */
function crowd(sleep: (ms: number) => Promise<void>) {
  const seen = { most: 0, now: 0, overtaken: [] as string[] };
  const busy = new Set<string>();
  return {
    seen,
    async deliver({ batch }: Call) {
      const keys = new Set(batch.events.map(({ subject }) => subject as string));
      for (const key of keys) {
        if (busy.has(key)) seen.overtaken.push(key);
        busy.add(key);
      }
      seen.most = Math.max(seen.most, ++seen.now);
      await sleep(20);
      seen.now--;
      for (const key of keys) busy.delete(key);
    },
  };
}

describe("concurrency", () => {
  test("1 never calls a sink twice at once", async () => {
    const bench = createBench();
    const { seen, deliver } = crowd((ms) => bench.clock.sleep(ms));
    const sink = bench.sink("a", { deliver, batch: one });
    await bench.append(...drafts(10));
    await bench.clock.advance(200);
    expect([seen.most, sink.calls.length]).toEqual([1, 10]);
    expect(ids(sink)).toEqual(drafts(10).map(({ subject }) => subject));
  });

  test("8 works on eight keys at once, and is done in an eighth of the time", async () => {
    const bench = createBench();
    const { seen, deliver } = crowd((ms) => bench.clock.sleep(ms));
    const sink = bench.sink("a", { deliver, batch: one, concurrency: 8 });
    await bench.append(...drafts(80));
    await bench.clock.advance(199);
    expect([seen.most, sink.subscription.idle()]).toEqual([8, false]);
    await bench.clock.advance(1);
    expect(sink.subscription.idle()).toBe(true);
    expect(seen.overtaken).toEqual([]);
    expect(new Set(ids(sink)).size).toBe(80);
  });

  test("8 keeps the order within each key", async () => {
    const bench = createBench();
    const { seen, deliver } = crowd((ms) => bench.clock.sleep(ms));
    const sink = bench.sink("a", { deliver, batch: { ...one, maxEvents: 3 }, concurrency: 8 });
    for (let round = 0; round < 20; round++)
      await bench.append(...["x", "y", "z", "u", "v"].flatMap((key) => story(key, round)));
    await bench.clock.advance(2000);
    expect(seen.overtaken).toEqual([]);
    for (const key of ["x", "y", "z", "u", "v"]) {
      const told = ids(sink).filter((id) => id.startsWith(key));
      expect(told).toEqual(Array.from({ length: 20 }, (_, round) => `${key}${round}`));
    }
  });

  test("warns of no leak, whatever the number of lanes", async () => {
    const warnings: string[] = [];
    const listen = ({ name }: Error) => void warnings.push(name);
    process.on("warning", listen);
    const bench = createBench();
    const { seen, deliver } = crowd((ms) => bench.clock.sleep(ms));
    bench.sink("a", { deliver, batch: one, concurrency: 64 });
    await bench.append(...drafts(64));
    await bench.clock.advance(20);
    await bench.end();
    process.off("warning", listen);
    expect([seen.most, warnings]).toEqual([64, []]);
  });
});

describe("an event whose key is under way", () => {
  /** A sink that holds on to the story `x` until `let go`. */
  function holding(concurrency: number, maxEvents: number) {
    const bench = createBench();
    const gate = Promise.withResolvers<void>();
    const sink = bench.sink("a", {
      deliver: ({ ids }) => (ids.includes("x1") ? gate.promise : undefined),
      batch: { ...one, maxEvents },
      concurrency,
    });
    return { bench, sink, letGo: () => gate.resolve() };
  }

  test.each([1, 2, 100])("does not hold up others, in batches of %d", async (maxEvents) => {
    const { bench, sink, letGo } = holding(2, maxEvents);
    await bench.append(...story("x", 1));
    await bench.append(...story("x", 2, 3));
    await bench.append(...story("y", 1));
    await bench.append(...story("x", 4), ...story("y", 2));
    expect(ids(sink)).toEqual(["x1", "y1", "y2"]);
    letGo();
    await bench.clock.advance(0);
    expect(ids(sink).slice(3)).toEqual(["x2", "x3", "x4"]);
  });

  test("waits for its turn also while its key is in backoff", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids, batch }) => ids.includes("x1") && batch.attempt < 3 && Promise.reject(new Error("no")),
      batch: one,
      concurrency: 4,
    });
    await bench.append(...story("x", 1, 2), ...story("y", 1, 2));
    expect(ids(sink)).toEqual(["x1", "y1", "y2"]);
    await bench.clock.advance(750);
    expect(ids(sink).slice(3)).toEqual(["x1", "x1", "x2"]);
  });
});

describe("a backlog", () => {
  test("of any length is brought in order, whatever is not wanted in between", async () => {
    const bench = createBench();
    const many = Array.from({ length: 4500 }, (_, index) =>
      draft("story", { id: String(index), affectsSelf: index % 3 === 0 }),
    );
    bench.outbox.append(many, observer, {});
    const sink = bench.sink("a", { when: { scope: "self" } });
    for (let turn = 0; turn < 30; turn++) await bench.clock.advance(0);
    expect(ids(sink)).toEqual(many.filter(({ affectsSelf }) => affectsSelf).map(({ id }) => id));
    expect(sink.subscription.idle()).toBe(true);
  });

  test("of which nothing is wanted does not stop the event loop, and is not read again", async () => {
    const bench = createBench();
    const foreign = drafts(10_000, { affectsSelf: false });
    bench.outbox.append(foreign, observer, {});
    const sink = bench.sink("a", { when: { scope: "self" } });
    await bench.append(draft("x"));
    // Each advance gives the event loop one turn.
    let turns = 0;
    for (; sink.calls.length === 0; turns++) await bench.clock.advance(0);
    expect(turns).toBeGreaterThan(5);
    expect(ids(sink)).toEqual(["x"]);
    const again = await bench.restart();
    expect(again.outbox.subscribe("a", "start")).toBeGreaterThan(again.clock.now() * 1000 + 9000);
  });
});
