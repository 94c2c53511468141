import { RetryError } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { createBench } from "../fixtures/delivery.ts";
import { one, urgentDraft } from "../fixtures/urgent.ts";

const minute = 60_000;
const stories = Array.from({ length: 21 }, (_, index) => `u${index}`);
const refuse = () => Promise.reject(new RetryError("connect ECONNREFUSED"));

test("a sink that takes nothing is tried as often for many urgent events as for one", async () => {
  const attempts = async (names: readonly string[]) => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: one, deliver: refuse });
    await bench.append(...names.map((name) => urgentDraft(name, 10 * minute)));
    for (let second = 0; second < 60; second++) await bench.clock.advance(1000);
    return sink.calls;
  };
  const many = await attempts(stories);
  const single = await attempts(["u0"]);
  expect(many.slice(0, 21).map(({ at }) => at)).toEqual(stories.map(() => many[0]?.at));
  expect(many.length - stories.length).toBeLessThanOrEqual(single.length);
  // Each in its turn, so that one that is at fault itself does not stand for all.
  expect(new Set(many.slice(21, 42).flatMap(({ ids }) => ids))).toEqual(new Set(stories));
});

test("a new urgent event is tried at once, whatever fails", async () => {
  const bench = createBench();
  const sink = bench.sink("a", { batch: one, deliver: refuse });
  await bench.append(...stories.map((name) => urgentDraft(name, 10 * minute)));
  await bench.clock.advance(5000);
  const before = sink.calls.length;
  await bench.append(urgentDraft("new", 10 * minute));
  expect(sink.calls.slice(before).map(({ ids }) => ids)).toEqual([["new"]]);
});

test("one that gets through frees all others", async () => {
  const bench = createBench();
  let well = false;
  const sink = bench.sink("a", { batch: one, deliver: () => (well ? undefined : refuse()) });
  await bench.append(...stories.map((name) => urgentDraft(name, 10 * minute)));
  await bench.clock.advance(5000);
  well = true;
  await bench.clock.advance(1000);
  expect(
    sink.calls
      .slice(-21)
      .map(({ ids: [id] }) => id)
      .toSorted(),
  ).toEqual(stories.toSorted());
  expect(await bench.end()).toMatchObject([{ delivered: 21, left: 0 }]);
});

test("an urgent event that is at fault itself holds up no other", async () => {
  const bench = createBench();
  const sink = bench.sink("a", {
    batch: one,
    deliver: ({ ids: [id] }) => (id === "u0" ? refuse() : undefined),
  });
  await bench.append(...stories.map((name) => urgentDraft(name, 10 * minute)));
  expect(sink.calls.map(({ ids: [id] }) => id)).toEqual(stories);
  await bench.clock.advance(1000);
  expect(sink.calls.slice(21).every(({ ids: [id] }) => id === "u0")).toBe(true);
});
