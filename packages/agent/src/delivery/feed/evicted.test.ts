import { expect, test } from "vitest";
import { draft, now, observer } from "../../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../../outbox/fixtures/place.ts";
import { createRoute } from "../../router/router.ts";
import { createFeed } from "./feed.ts";

const one = { maxEvents: 1, maxBytes: 1e9 };

/** A feed, and an outbox of which the test evicts. */
function evicting() {
  const place = temporaryPlace();
  const outbox = place.open();
  const position = outbox.subscribe("sink", "start");
  const feed = createFeed({ sink: "sink", outbox, position, wants: createRoute("sink", {}) });
  const append = (...keys: readonly string[]) =>
    outbox
      .append(
        keys.map((key, index) => draft(key, { id: `${key}${index}` })),
        observer,
        {},
      )
      .map(({ seq }) => seq);
  return {
    place,
    outbox,
    feed,
    append,
    evict(...seqs: readonly number[]) {
      for (const seq of seqs) place.database().prepare("UPDATE event SET json = '' WHERE seq = ?").run(seq);
      feed.evicted(new Set(seqs));
    },
  };
}

test("what was evicted is not handed out, and the position goes on over it", () => {
  const { feed, append, evict } = evicting();
  const [a, b, c] = append("a", "b", "c") as [number, number, number];
  while (feed.fill(10));
  evict(a, b);
  expect(feed.backlog().events).toBe(1);
  expect(feed.left()).toBe(1);
  expect(feed.position()).toBe(c - 1);
  expect(feed.take(one).map(({ seq }) => seq)).toEqual([c]);
});

test("what waits behind a parked key is counted anew", () => {
  const { feed, append, evict } = evicting();
  const [first, second] = append("bad", "bad", "bad", "good") as [number, number];
  while (feed.fill(10));
  expect(feed.take(one).map(({ seq }) => seq)).toEqual([first]);
  feed.park("bad");
  expect(feed.backlog().events).toBe(4);
  evict(second);
  while (feed.fill(10));
  expect(feed.backlog().events).toBe(3);
  expect(feed.left()).toBe(3);
});

test("a replay that was not read yet is over", () => {
  const { place, outbox, feed, append, evict } = evicting();
  const [a, b] = append("a", "b") as [number, number];
  while (feed.fill(10));
  feed.settle(feed.take({ ...one, maxEvents: 2 }), ({ seq }) => ({ seq, at: now, attempts: 1 }));
  outbox.retain(["sink"]);
  place.database().exec("DELETE FROM delivery");
  feed.replay([a, b]);
  expect(feed.backlog().events).toBe(2);
  evict(b);
  expect(feed.backlog().events).toBe(1);
  expect(feed.left()).toBe(1);
  evict(a);
  expect(feed.backlog()).toEqual({ events: 0, oldest: null });
  expect(feed.position()).toBe(b);
});
