import { PartialDeliveryError, RejectError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts, now } from "../../outbox/fixtures/draft.ts";
import { type Call, createBench, saidOf } from "../fixtures/delivery.ts";

const poison =
  (...stories: readonly string[]) =>
  ({ ids }: Call) => {
    if (ids.some((id) => stories.includes(id)))
      throw new RejectError("refused with 400", { status: 400, excerpt: "bad field" });
  };

const partly =
  (outcome: ConstructorParameters<typeof PartialDeliveryError>[1]) =>
  (_: Call, nth: number): void => {
    if (nth === 1) throw new PartialDeliveryError("some of them", outcome);
  };

describe("a refused batch", () => {
  test("is halved until only the poison event is left, in order", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: poison("e5") });
    await bench.append(...drafts(8));
    const delivered = saidOf(sink, "delivered").flatMap(({ ids }) => ids);
    expect(delivered).toEqual(["e0", "e1", "e2", "e3", "e4", "e6", "e7"]);
    expect(saidOf(sink, "deadLettered")).toEqual([
      {
        what: "deadLettered",
        reason: "rejected",
        message: "refused with 400",
        excerpt: "bad field",
        ids: ["e5"],
      },
    ]);
    expect(sink.calls).toHaveLength(7);
    const again = await bench.restart();
    const rows = again.place.database().prepare("SELECT dead FROM delivery WHERE dead IS NOT NULL").all();
    expect(rows.map(({ dead }) => JSON.parse(String(dead)) as unknown)).toEqual([
      {
        reason: "rejected",
        message: "refused with 400",
        status: 400,
        excerpt: "bad field",
        first: now,
        last: now,
      },
    ]);
  });

  test("tells how often each event was tried, and since when", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      async deliver({ ids }) {
        await bench.clock.sleep(1000);
        poison("e3")({ ids } as Call);
      },
    });
    await bench.append(...drafts(4));
    await bench.clock.advance(10_000);
    await bench.end();
    const row = bench.place.database().prepare("SELECT attempts, dead FROM delivery WHERE dead IS NOT NULL");
    expect(row.get()).toMatchObject({ attempts: 3 });
    expect(JSON.parse(String(row.get()?.["dead"]))).toMatchObject({ first: now, last: now + 5000 });
    expect(sink.calls.map(({ ids, batch }) => [ids.length, batch.attempt])).toEqual([
      [4, 1],
      [2, 1],
      [2, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  test("waits for its parts while one of them fails", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver({ ids, batch }) {
        poison("e0")({ ids } as Call);
        if (ids[0] === "e1" && batch.attempt === 1) throw new Error("no");
      },
    });
    await bench.append(...drafts(4));
    expect(saidOf(sink, "delivered")).toEqual([]);
    await bench.clock.advance(250);
    expect(saidOf(sink, "delivered").map(({ ids }) => ids)).toEqual([["e1"], ["e2", "e3"]]);
  });

  test("is not tried again after a restart", async () => {
    const bench = createBench();
    bench.sink("a", { deliver: poison("x") });
    await bench.append(draft("x"), draft("y"));
    const again = await bench.restart();
    const sink = again.sink("a");
    await again.append(draft("z"));
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["z"]]);
    expect(await again.settlements()).toEqual(["a: x rejected", "a: y", "a: z"]);
  });

  test("can be refused by a look-alike of our error", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: () => Promise.reject({ code: "FOREWARN_REJECT", message: "no", status: {}, excerpt: 7 }),
    });
    await bench.append(draft("x"));
    expect(saidOf(sink, "deadLettered")).toMatchObject([{ message: "no", ids: ["x"] }]);
  });
});

describe("a batch of which some arrived", () => {
  test("settles those named and tries the rest again, in order, after a wait", async () => {
    const bench = createBench();
    const deliver = partly({ delivered: [0, 3], rejected: [{ index: 1, reason: "too long" }] });
    const sink = bench.sink("a", { deliver });
    await bench.append(...drafts(5));
    expect(sink.told).toEqual([
      { what: "delivered", attempt: 1, ms: 0, ids: ["e0", "e3"] },
      { what: "deadLettered", reason: "rejected", message: "too long", ids: ["e1"] },
      { what: "deliveryFailed", events: 2, attempt: 1, message: "some of them", retryInMs: 250 },
    ]);
    await bench.clock.advance(250);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([
      ["e0", "e1", "e2", "e3", "e4"],
      ["e2", "e4"],
    ]);
    expect(await bench.settlements()).toEqual(["a: e0", "a: e1 rejected", "a: e2", "a: e3", "a: e4"]);
  });

  test("is done where every event was named", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: partly({ delivered: [1], rejected: [{ index: 0, reason: "no" }] }),
    });
    await bench.append(...drafts(2));
    expect([sink.calls.length, sink.subscription.idle()]).toEqual([1, true]);
  });

  test.each([
    ["names nothing", { delivered: [] }],
    ["names what is not there", { delivered: [7, -1, 0.5], rejected: [{ index: 9, reason: "no" }] }],
    ["holds no lists", { delivered: undefined, rejected: "all" }],
    ["holds no numbers", { delivered: ["0", null], rejected: [null, 3, { index: "1" }] }],
  ])("that %s is tried again as a whole", async (_, outcome) => {
    const bench = createBench();
    const thrown = { code: "FOREWARN_PARTIAL_DELIVERY", message: "some of them", ...outcome };
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && Promise.reject(thrown) });
    await bench.append(...drafts(2));
    expect(sink.told).toMatchObject([{ what: "deliveryFailed", message: "some of them", events: 2 }]);
    await bench.clock.advance(250);
    expect(saidOf(sink, "delivered")).toMatchObject([{ ids: ["e0", "e1"], attempt: 2 }]);
  });

  test("delivered wins over rejected, and a reason may be missing", async () => {
    const bench = createBench();
    const thrown = {
      code: "FOREWARN_PARTIAL_DELIVERY",
      message: "some of them",
      delivered: [0],
      rejected: [{ index: 0, reason: "no" }, { index: 1 }],
    };
    const sink = bench.sink("a", { deliver: () => Promise.reject(thrown) });
    await bench.append(...drafts(2));
    expect(await bench.settlements()).toEqual(["a: e0", "a: e1 rejected"]);
    expect(saidOf(sink, "deadLettered")).toMatchObject([{ message: "some of them" }]);
  });
});
