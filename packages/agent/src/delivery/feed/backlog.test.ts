import { RejectError, RetryError } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { draft, drafts, now, observer } from "../../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../../outbox/fixtures/place.ts";
import type { Envelope } from "../../outbox/envelope.ts";
import { createRoute } from "../../router/router.ts";
import { createBench } from "../fixtures/delivery.ts";
import { createFeed } from "./feed.ts";

const one = { maxEvents: 1, maxBytes: 1e9 };

function feedOf(wants = createRoute("sink", {})) {
  const outbox = temporaryPlace().open();
  const position = outbox.subscribe("sink", "start");
  const feed = createFeed({ sink: "sink", outbox, position, wants });
  const settle = (envelopes: readonly Envelope[]) =>
    feed.settle(envelopes, ({ seq }) => ({ seq, at: now, attempts: 1 }));
  return { outbox, feed, settle };
}

test("what was not read yet counts, wanted or not; what was read counts exactly, and nothing twice", () => {
  const { outbox, feed, settle } = feedOf(createRoute("sink", { scope: "self" }));
  expect(feed.backlog()).toEqual({ events: 0, oldest: null });
  outbox.append(
    [draft("a", { time: now + 1 }), draft("no", { affectsSelf: false }), draft("b", { time: now + 3 })],
    observer,
    {},
  );
  expect(feed.backlog()).toEqual({ events: 3, oldest: now + 1 });
  while (feed.fill(10));
  expect(feed.backlog()).toEqual({ events: 2, oldest: now + 1 });
  const taken = feed.take(one);
  expect(feed.backlog()).toEqual({ events: 2, oldest: now + 1 });
  settle(taken);
  expect(feed.backlog()).toEqual({ events: 1, oldest: now + 3 });
  settle(feed.take(one));
  expect(feed.backlog()).toEqual({ events: 0, oldest: null });
});

test("an urgent event that was taken from far behind is not counted twice, nor is what waits behind a parked key", () => {
  const { outbox, feed, settle } = feedOf();
  outbox.append(drafts(2500), observer, {});
  feed.fill(1);
  outbox.append([draft("urgent", { urgency: { from: now - 1, deadline: now + 1000 } })], observer, {});
  expect(feed.backlog().events).toBe(2501);
  const claimed = feed.claim(feed.urgent(now).free, one);
  expect(feed.backlog().events).toBe(2501);
  settle(claimed);
  expect(feed.backlog().events).toBe(2500);
  feed.park("e5");
  expect(feed.backlog().events).toBe(2500);
  while (feed.fill(10_000));
  expect(feed.backlog()).toEqual({ events: 2500, oldest: now });
});

test("a backlog of any length is told without reading it", () => {
  const { outbox, feed } = feedOf();
  for (let n = 0; n < 5; n++)
    outbox.append(
      drafts(1000).map((each) => ({ ...each, id: `${each.id}${n}` })),
      observer,
      {},
    );
  const unread = { ...outbox, next: () => [], pending: () => Number.NaN };
  const blind = createFeed({ sink: "sink", outbox: unread, position: 0, wants: createRoute("sink", {}) });
  expect(blind.backlog()).toEqual({ events: 5000, oldest: now });
  expect(feed.position()).toBe(0);
});

test("each call of a sink is told with what came of it; a batch that is cut in two is three calls", async () => {
  const bench = createBench();
  const told: unknown[] = [];
  bench.telemetry.on("attempted", (attempt) => told.push(attempt));
  bench.sink("ops", {
    secrets: ["hunter2"],
    deliver({ ids }, nth) {
      if (nth === 1) throw new RetryError("answered 503 to hunter2");
      if (ids.includes("bad")) throw new RejectError("answered 400");
    },
  });
  await bench.append(draft("bad"), draft("good"));
  await bench.clock.advance(60_000);
  expect(told).toEqual([
    { sink: "ops", result: "retry", events: 2, ms: 0, message: "answered 503 to [redacted]" },
    { sink: "ops", result: "reject", events: 2, ms: 0, message: "answered 400" },
    { sink: "ops", result: "reject", events: 1, ms: 0, message: "answered 400" },
    { sink: "ops", result: "delivered", events: 1, ms: 0 },
  ]);
});

test("a subscription tells when it begins", () => {
  const bench = createBench();
  const told: string[] = [];
  bench.telemetry.on("sinkStarted", ({ sink }) => told.push(sink));
  const { subscription } = bench.sink("ops", { started: false });
  expect(told).toEqual([]);
  subscription.start();
  expect(told).toEqual(["ops"]);
});
