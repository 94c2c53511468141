import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, now, observer } from "../outbox/fixtures/draft.ts";
import { createBench } from "./fixtures/delivery.ts";
import { one, urgentDraft } from "./fixtures/urgent.ts";

const minute = 60_000;

test("a story that waits in ordinary backoff, since its deadline is over, is tried at once when it is urgent again", async () => {
  const bench = createBench();
  let well = false;
  const sink = bench.sink("a", {
    batch: one,
    deliver: () => (well ? undefined : Promise.reject(new Error("down"))),
  });
  await bench.append(urgentDraft("u", 20_000, { id: "u1" }));
  await bench.clock.advance(30_000);
  well = true;
  const again = { from: bench.clock.now(), deadline: bench.clock.now() + 2 * minute };
  await bench.append(draft("u", { id: "u2", urgency: again }));
  await bench.clock.advance(100);
  expect(sink.calls.slice(-2).map(({ ids }) => ids)).toEqual([["u1"], ["u2"]]);
});

test("of a story that is in parts, the later ones are given back with the first, which is urgent no more", async () => {
  const bench = createBench();
  let well = false;
  const sink = bench.sink("a", {
    batch: { ...one, maxEvents: 2 },
    deliver: () => (well ? undefined : Promise.reject(new Error("down"))),
  });
  // Five failures halve the batch, and the ninth comes after the deadline.
  const story = ["u1", "u2"].map((id) => urgentDraft("u", 3500, { id }));
  bench.outbox.append(story, observer, {});
  await bench.append();
  await bench.clock.advance(10_000);
  expect(sink.calls.at(-1)?.ids).toEqual(["u1"]);
  sink.calls.length = 0;
  await bench.append(urgentDraft("v", 10 * minute));
  well = true;
  await bench.clock.advance(2 * minute);
  const arrived = sink.calls.flatMap(({ ids }) => ids);
  expect(arrived.filter((id) => id.startsWith("u"))).toEqual(["u1", "u2"]);
});

test("a sink that blocks the process at every urgent call leaves half of the time to others", async () => {
  const bench = createBench();
  bench.sink("blocks", {
    batch: one,
    deliver: () => {
      bench.clock.stall(400);
      return Promise.reject(new Error("down"));
    },
  });
  const other = bench.sink("other", { batch: one, deliver: () => bench.clock.sleep(5) });
  for (const story of ["u", "v", "w", "x"]) await bench.append(urgentDraft(story, 10 * minute));
  await bench.clock.advance(8000);
  expect(other.calls.map(({ ids }) => ids)).toEqual([["u"], ["v"], ["w"], ["x"]]);
  const [, second, third, fourth] = other.calls.map(({ at }) => at) as [number, number, number, number];
  expect([second, third, fourth].every((at) => at <= 4000)).toBe(true);
});

test("what was urgent, and rests now, holds up nothing that is urgent", async () => {
  const bench = createBench();
  const sink = bench.sink("a", {
    batch: one,
    deliver: ({ ids: [id] }) => id === "x" && bench.clock.stall(500),
  });
  await bench.append(draft("x"));
  // It rests until 1000 for what is urgent, until 5000 for the rest.
  await bench.append(urgentDraft("u", 700));
  await bench.clock.advance(1500);
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["x"]]);
  await bench.append(urgentDraft("v", minute));
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["x"], ["v"]]);
  await bench.clock.advance(4000);
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["x"], ["v"], ["u"]]);
});

describe("what a paused sink's destination asks for with Retry-After is obeyed", () => {
  const retryAfterMs = 10 * minute;
  const answers = (nth: number) => {
    if (nth === 1) throw new MisconfiguredError("wrong key");
    if (nth === 2) throw new RetryError("slow down", { retryAfterMs });
  };

  test("by the probe", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: one, deliver: (_, nth) => answers(nth) });
    await bench.append(draft("x"));
    await bench.clock.advance(30_000 + retryAfterMs - 1);
    expect(sink.calls.map(({ at }) => at)).toEqual([0, 30_000]);
    await bench.clock.advance(1);
    expect(sink.calls.map(({ at }) => at)).toEqual([0, 30_000, 30_000 + retryAfterMs]);
  });

  test("by what is urgent", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: one, deliver: (_, nth) => answers(nth) });
    await bench.append(
      urgentDraft("u", 60 * minute, { urgency: { from: now, deadline: now + 60 * minute } }),
    );
    await bench.clock.advance(9 * minute);
    expect(sink.calls.map(({ at }) => at)).toEqual([0, 10_000]);
    await bench.clock.advance(2 * minute);
    expect(sink.calls.map(({ at }) => at)).toEqual([0, 10_000, 10_000 + retryAfterMs]);
  });

  test("by its own probe", async () => {
    const bench = createBench();
    const probed: number[] = [];
    const sink = bench.sink("a", {
      batch: one,
      deliver: (_, nth) => nth === 1 && Promise.reject(new MisconfiguredError("wrong key")),
      probe: () => {
        probed.push(bench.clock.monotonic());
        return probed.length === 1
          ? Promise.reject(new RetryError("slow down", { retryAfterMs }))
          : Promise.resolve();
      },
    });
    await bench.append(draft("x"));
    await bench.clock.advance(60 * minute);
    expect(probed).toEqual([30_000, 30_000 + retryAfterMs]);
    expect(sink.calls).toHaveLength(2);
  });
});
