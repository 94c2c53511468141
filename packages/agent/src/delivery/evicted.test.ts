import { RetryError } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { draft, drafts, now, padding } from "../outbox/fixtures/draft.ts";
import { unlimited } from "../outbox/fixtures/limits.ts";
import { temporaryPlace } from "../outbox/fixtures/place.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createBench, type Delivery } from "./fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };
const hour = 3_600_000;

/** A bench whose outbox has room for three of the large events. */
function tightBench() {
  const clock = createVirtualClock({ now });
  const place = temporaryPlace(clock);
  const limits = { ...unlimited, maxBytes: 1_000_000 };
  const bench = createBench({ ...place, open: (options) => place.open({ ...options, limits }) }, clock);
  return {
    ...bench,
    large: (name: string) => draft(name, { data: padding(300_000) }),
    evict(sink: string, { subscription }: Delivery) {
      const { lost } = bench.outbox.retain([sink], subscription.underWay(), (_, envelope) =>
        subscription.wants(envelope),
      );
      subscription.evicted(lost?.get(sink) ?? []);
    },
  };
}

const arrived = ({ calls }: Delivery) => calls.flatMap(({ ids }) => ids);

test("what was evicted is not pending any more, is dead, and never comes", async () => {
  const bench = tightBench();
  let isUp = false;
  const sink = bench.sink("ops", {
    batch: one,
    deliver() {
      if (!isUp) throw new RetryError("refused");
    },
  });
  await bench.append(...["a", "b", "c", "d", "e"].map(bench.large));
  expect(sink.subscription.look().events).toBe(5);
  bench.evict("ops", sink);
  expect(sink.subscription.look().events).toBe(3);
  sink.calls.length = 0;
  isUp = true;
  await bench.clock.advance(hour);
  expect(arrived(sink)).toEqual(["c", "d", "e"]);
  expect(await bench.end()).toEqual([{ sink: "ops", delivered: 3, left: 0, dead: 2 }]);
  expect(await bench.settlements()).toEqual([
    "ops: a evicted",
    "ops: b evicted",
    "ops: c",
    "ops: d",
    "ops: e",
  ]);
});

test("what a sink does not want is no dead letter of it", async () => {
  const bench = tightBench();
  const sink = bench.sink("ops", {
    batch: one,
    when: { scope: "self" },
    deliver() {
      throw new RetryError("refused");
    },
  });
  const foreign = draft("no", { affectsSelf: false, data: padding(300_000) });
  await bench.append(draft("first"), foreign, ...["a", "b", "c", "d"].map(bench.large));
  bench.evict("ops", sink);
  expect(sink.subscription.look().events).toBe(3);
  expect(await bench.end()).toEqual([{ sink: "ops", delivered: 0, left: 3, dead: 2 }]);
  expect(await bench.settlements()).toEqual(["ops: first evicted", "ops: a evicted"]);
});

test("what is being sent is spared, and is delivered in every number", async () => {
  const bench = tightBench();
  const answer = Promise.withResolvers<void>();
  const sink = bench.sink("ops", {
    batch: one,
    deliver: (_, nth) => (nth === 1 ? answer.promise : undefined),
  });
  await bench.append(...["a", "b", "c", "d", "e"].map(bench.large));
  bench.evict("ops", sink);
  answer.resolve();
  await bench.clock.advance(hour);
  expect(arrived(sink)).toEqual(["a", "d", "e"]);
  expect(await bench.end()).toEqual([{ sink: "ops", delivered: 3, left: 0, dead: 2 }]);
  expect(await bench.settlements()).toEqual([
    "ops: a",
    "ops: b evicted",
    "ops: c evicted",
    "ops: d",
    "ops: e",
  ]);
});

test("a batch that waits to be tried again goes on without what was evicted of it", async () => {
  const bench = tightBench();
  const sink = bench.sink("ops", {
    batch: { ...one, maxEvents: 100 },
    deliver(_, nth) {
      if (nth === 1) throw new RetryError("refused");
    },
  });
  await bench.append(...["a", "b", "c", "d", "e"].map(bench.large));
  bench.evict("ops", sink);
  expect(sink.calls).toHaveLength(1);
  await bench.clock.advance(hour);
  expect(sink.calls[1]?.ids).toEqual(["c", "d", "e"]);
  expect(sink.calls).toHaveLength(2);
});

test("a parked event that was evicted makes room for its story", async () => {
  const bench = tightBench();
  const sink = bench.sink("ops", {
    batch: one,
    deliver({ ids }) {
      if (ids.includes("bad")) throw new RetryError("this one fails");
    },
  });
  const later = draft("bad", { id: "later" });
  await bench.append(draft("bad", { data: padding(1_100_000) }), later, ...drafts(30));
  await bench.clock.advance(hour);
  expect(sink.subscription.look()).toMatchObject({ events: 2, parked: 1 });
  bench.evict("ops", sink);
  await bench.clock.advance(hour);
  expect(sink.subscription.look()).toEqual({ events: 0, oldest: null, parked: 0 });
  expect(arrived(sink)).toContain("later");
});
