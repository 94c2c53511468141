import { RejectError, RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { openArchive } from "../../outbox/archive/archive.ts";
import { draft, drafts, now } from "../../outbox/fixtures/draft.ts";
import type { Place } from "../../outbox/fixtures/place.ts";
import { type Bench, type Call, createBench, type Delivery } from "../fixtures/delivery.ts";

const second = 1000;

/** What a person does at another prompt, when everything is on disk. */
function replay({ place, outbox }: Bench, ...ids: readonly string[]): readonly string[] {
  outbox.retain([]);
  using archive = openArchive(place.directory, "write");
  const filter = ids.length === 0 ? {} : { ids: ids.map((id) => `${id}:scheduled`) };
  return archive.replay(filter).replayed.map(({ id }) => id.replace(":scheduled", ""));
}

/** What the caretaker does each second. */
async function takeOver(bench: Bench, ...sinks: readonly Delivery[]): Promise<void> {
  await bench.clock.advance(second);
  if (bench.outbox.marked()) for (const { subscription } of sinks) subscription.replay();
  await bench.clock.advance(second);
}

/** Until the sink has all; pages of the outbox are read with turns for others in between. */
async function eventually({ clock }: Bench, { subscription }: Delivery): Promise<void> {
  while (!subscription.idle()) await clock.advance(1);
}

const refuse =
  (...ids: readonly string[]) =>
  (call: Call) => {
    if (call.batch.replayed !== true && call.ids.some((id) => ids.includes(id))) throw new RejectError("no");
  };

const marks = (place: Place) =>
  Number(
    place.database().prepare("SELECT count(*) AS n FROM checkpoint WHERE name LIKE 'replay:%'").get()?.["n"],
  );

const replayed = ({ calls }: Delivery) =>
  calls.filter(({ batch }) => batch.replayed === true).map(({ ids }) => ids);

describe("a replayed dead letter", () => {
  test("is delivered under its id in a batch that says so, and its mark goes when it is settled", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: refuse("e1") });
    await bench.append(...drafts(3));
    await bench.clock.advance(second);
    expect(replay(bench)).toEqual(["e1"]);
    expect(marks(bench.place)).toBe(1);
    await takeOver(bench, sink);
    expect(replayed(sink)).toEqual([["e1"]]);
    await takeOver(bench, sink);
    expect(marks(bench.place)).toBe(0);
    expect(replayed(sink)).toHaveLength(1);
    expect(await bench.settlements()).toEqual(["a: e0", "a: e1", "a: e2"]);
  });

  test("goes only to the sink whose letter it was, and never travels with other events", async () => {
    const bench = createBench();
    const b = bench.sink("b");
    const a = bench.sink("a", {
      deliver: refuse("e0", "e2"),
      batch: { maxEvents: 100, maxBytes: 1e6, lingerMs: 50 },
    });
    await bench.append(...drafts(4));
    await bench.clock.advance(second);
    replay(bench);
    bench.outbox.marked();
    a.subscription.replay();
    b.subscription.replay();
    await bench.append(draft("x"));
    await bench.clock.advance(second);
    expect(replayed(a)).toEqual([["e0", "e2"]]);
    expect(a.calls.at(-1)?.ids).toEqual(["x"]);
    expect(replayed(b)).toEqual([]);
  });

  test("is taken over by the next process, and the mark outlives a crash until it is settled", async () => {
    const bench = createBench();
    bench.sink("a", { deliver: refuse("e1") });
    await bench.append(...drafts(3));
    replay(bench);

    const failing = await bench.restart();
    const down = failing.sink("a", { deliver: () => Promise.reject(new RetryError("503")) });
    await failing.clock.advance(second);
    expect(replayed(down)[0]).toEqual(["e1"]);

    const working = await failing.restart();
    const up = working.sink("a");
    await working.clock.advance(second);
    expect(up.calls.map(({ ids, batch }) => [ids, batch.replayed])).toEqual([[["e1"], true]]);
  });

  test("may be refused and replayed again and again", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver({ ids }, nth) {
        if (ids.includes("e1") && nth < 8) throw new RejectError("no");
      },
    });
    await bench.append(...drafts(2));
    await bench.clock.advance(second);
    for (let round = 0; round < 20 && sink.calls.length < 8; round++) {
      replay(bench);
      await takeOver(bench, sink);
    }
    expect(replay(bench)).toEqual([]);
    await takeOver(bench, sink);
    expect(await bench.settlements()).toEqual(["a: e0", "a: e1"]);
  });

  test("comes although it is older than maxAge, and although the sink wants it no more", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { maxAgeMs: 1000 });
    await bench.append(draft("old", { time: now - 5000 }), draft("young"));
    await bench.clock.advance(second);
    expect(replay(bench)).toEqual(["old"]);
    const again = await bench.restart();
    const changed = again.sink("a", {
      maxAgeMs: 1000,
      when: { minSeverity: "error", scope: "self", types: ["none"] },
    });
    await again.clock.advance(second);
    expect(replayed(changed)).toEqual([["old"]]);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["young"]]);
  });

  test("waits behind what is under way of its story", async () => {
    const bench = createBench();
    const release = Promise.withResolvers<void>();
    const sink = bench.sink("a", {
      concurrency: 4,
      batch: { maxEvents: 1, maxBytes: 1e6, lingerMs: 0 },
      async deliver(call) {
        if (call.batch.events[0]?.id === "s:2") await release.promise;
        refuse("s:1")(call);
      },
    });
    await bench.append(draft("s", { id: "s:1" }), draft("s", { id: "s:2" }));
    await bench.clock.advance(second);
    bench.outbox.retain([]);
    using archive = openArchive(bench.place.directory, "write");
    expect(archive.replay({ ids: ["s"] }).replayed).toHaveLength(1);
    await takeOver(bench, sink);
    expect(replayed(sink)).toEqual([]);
    release.resolve();
    await bench.clock.advance(second);
    expect(replayed(sink)).toEqual([["s:1"]]);
  });

  test("is not removed as finished before it is delivered", async () => {
    const bench = createBench();
    const behaviour = { deliver: refuse("e0") };
    bench.sink("a", behaviour);
    await bench.append(...drafts(3));
    await bench.clock.advance(second);
    replay(bench);
    const down = await bench.restart();
    const sink = down.sink("a", { deliver: () => Promise.reject(new RetryError("503")) });
    await down.clock.advance(second);
    expect(sink.calls.length).toBeGreaterThan(0);
    await down.end();
    const strict = down.place.open({
      limits: { retentionMs: 0, retentionBytes: 0, maxBytes: 1e9 },
      clock: down.clock,
    });
    await down.clock.advance(second);
    strict.retain(["a"]);
    strict.close();
    const rows = down.place.database().prepare("SELECT id FROM event").all();
    expect(rows.map(({ id }) => id)).toContain("e0:scheduled");
  });

  test("among a great many costs no other its place: all come, in their order", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { maxAgeMs: 1 });
    await bench.append(...drafts(2500, { time: now - 1000 }));
    await eventually(bench, sink);
    expect(replay(bench)).toHaveLength(2500);
    await takeOver(bench, sink);
    await eventually(bench, sink);
    expect(replayed(sink).flat()).toEqual(drafts(2500).map((_, index) => `e${index}`));
  });
});
