import { RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts, observer } from "../../outbox/fixtures/draft.ts";
import { type Bench, type Call, createBench, type Delivery, saidOf } from "../fixtures/delivery.ts";
import { one, urgentDraft } from "../fixtures/urgent.ts";

const minute = 60_000;
const hour = 60 * minute;
const delivered = (sink: Delivery) =>
  saidOf(sink, "delivered").flatMap(({ ids }) => ids as readonly string[]);

/** A sink that cannot take certain events, and says only that something went wrong. */
const choking =
  (...poison: readonly string[]) =>
  ({ ids }: Call): void => {
    if (ids.some((id) => poison.includes(id))) throw new RetryError("answered 500");
  };

async function pass(bench: Bench, ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await bench.clock.advance(ms / 20);
}

describe("a batch that fails again and again", () => {
  test("is halved after 5 failures, then at each one while others get through, until one event is left", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: choking("e5") });
    await bench.append(...drafts(8));
    await bench.clock.advance(7749);
    expect(sink.calls.map(({ ids }) => ids.length)).toEqual([8, 8, 8, 8, 8]);
    await pass(bench, minute);
    expect(sink.calls.slice(5, 10).map(({ ids }) => ids.join(" "))).toEqual([
      "e0 e1 e2 e3",
      "e4 e5 e6 e7",
      "e4 e5",
      "e4",
      "e5",
    ]);
    expect(delivered(sink).toSorted()).toEqual(["e0", "e1", "e2", "e3", "e4", "e6", "e7"]);
  });

  test("asks a sink that is down no more often in parts than whole, but for one scout", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new RetryError("down")) });
    await bench.append(...drafts(100));
    await pass(bench, hour);
    const before = sink.calls.length;
    await pass(bench, hour);
    expect(sink.calls.length - before).toBeLessThanOrEqual(2 * 2 * 60 + 4);
    expect(saidOf(sink, "deadLettered")).toEqual([]);
  });

  test("in parts keeps the order within a story", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: choking("x1") });
    await bench.append(draft("x", { id: "x1" }), draft("y"), draft("x", { id: "x2" }), draft("z"));
    await pass(bench, hour);
    expect(delivered(sink).toSorted()).toEqual(["y", "z"]);
    expect(sink.calls.flatMap(({ ids }) => ids).includes("x2") && delivered(sink).includes("x2")).toBe(false);
  });
});

describe("a single event that fails 10 times while others get through", () => {
  test("is parked: all else goes on, its key waits, and it is tried again until it arrives", async () => {
    const bench = createBench();
    let healed = false;
    const sink = bench.sink("a", {
      deliver: (call) => (healed ? undefined : choking("x1")(call)),
      batch: one,
    });
    await bench.append(draft("x", { id: "x1" }), draft("x", { id: "x2" }), ...drafts(5));
    await pass(bench, 5 * minute);
    expect(delivered(sink)).toEqual(["e0", "e1", "e2", "e3", "e4"]);
    expect(sink.subscription.idle()).toBe(false);
    await bench.append(draft("later"), draft("x", { id: "x3" }));
    expect(delivered(sink).at(-1)).toBe("later");
    healed = true;
    await pass(bench, hour);
    expect(delivered(sink).slice(6)).toEqual(["x1", "x2", "x3"]);
    expect(await bench.end()).toMatchObject([{ left: 0, dead: 0 }]);
  });

  test("lets a scout go first, where one lane would wait for it for ever", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: choking("x"), batch: one });
    await bench.append(draft("x"), draft("y"), draft("z"));
    await pass(bench, 3 * minute);
    expect(delivered(sink)).toEqual(["y", "z"]);
  });

  test("is not parked where nothing gets through", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new RetryError("down")), batch: one });
    await bench.append(draft("x"), draft("y"), draft("z"));
    await pass(bench, hour);
    expect(new Set(sink.calls.flatMap(({ ids }) => ids))).toEqual(new Set(["x", "y"]));
  });

  test("may have any number of events of its key wait behind it", async () => {
    const bench = createBench();
    let healed = false;
    const sink = bench.sink("a", {
      deliver: (call) => (healed ? undefined : choking("x0")(call)),
      batch: { ...one, maxEvents: 50 },
      when: { scope: "self" },
    });
    const story = Array.from({ length: 12_000 }, (_, n) =>
      draft("x", { id: `x${n}`, affectsSelf: n % 4 !== 1 }),
    );
    bench.outbox.append([...story, ...drafts(10)], observer, {});
    await bench.append();
    for (let turn = 0; turn < 200; turn++) await bench.clock.advance(hour / 60);
    expect(delivered(sink)).toHaveLength(10);
    healed = true;
    for (let turn = 0; turn < 200; turn++) await bench.clock.advance(hour / 60);
    const told = delivered(sink).slice(10);
    expect(told).toEqual(story.filter(({ affectsSelf }) => affectsSelf).map(({ id }) => id));
    expect(sink.subscription.idle()).toBe(true);
  });

  test("is tried at once when its story becomes urgent, in order", async () => {
    const bench = createBench();
    let healed = false;
    const sink = bench.sink("a", {
      deliver: (call) => (healed ? undefined : choking("x1")(call)),
      batch: one,
    });
    await bench.append(draft("x", { id: "x1" }), ...drafts(3));
    await pass(bench, 5 * minute);
    healed = true;
    const { clock } = bench;
    const urgency = { from: clock.now(), deadline: clock.now() + minute };
    await bench.append(urgentDraft("x", 0, { id: "x2", urgency }));
    expect(delivered(sink).slice(3)).toEqual(["x1", "x2"]);
    expect(await bench.end()).toMatchObject([{ left: 0 }]);
  });

  test("is not lost by a restart", async () => {
    const bench = createBench();
    bench.sink("a", { deliver: choking("x"), batch: one });
    await bench.append(draft("x"), ...drafts(3));
    await pass(bench, 5 * minute);
    const again = await bench.restart();
    const sink = again.sink("a", { batch: one });
    await again.append();
    expect(delivered(sink)).toEqual(["x"]);
  });
});
