import { describe, expect, test } from "vitest";
import { draft, drafts, now, observer, padding } from "../../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../../outbox/fixtures/place.ts";
import type { Envelope } from "../../outbox/envelope.ts";
import { createRoute } from "../../router/router.ts";
import { createFeed, type Feed } from "./feed.ts";

const all = { maxEvents: 100, maxBytes: 1e9 };
const one = { maxEvents: 1, maxBytes: 1e9 };
const ids = (envelopes: readonly Envelope[]) => envelopes.map(({ id }) => id.replace(":scheduled", ""));

function feedOf(wants = createRoute("sink", {})) {
  const place = temporaryPlace();
  const outbox = place.open();
  const open = (): Feed =>
    createFeed({ sink: "sink", outbox, position: outbox.subscribe("sink", "start"), wants });
  const feed = open();
  const settle = (envelopes: readonly Envelope[]) =>
    feed.settle(envelopes, ({ seq }) => ({ seq, at: now, attempts: 1 }));
  const append = (...added: Parameters<typeof outbox.append>[0]) => {
    const seqs = outbox.append(added, observer, {}).map(({ seq }) => seq);
    while (feed.fill(1e6));
    return seqs as [number, ...number[]];
  };
  return { place, outbox, feed, open, settle, append };
}

describe("fill", () => {
  test("reads a page of 200 at a time, and says whether there may be more", () => {
    const { outbox, feed } = feedOf();
    outbox.append(drafts(500), observer, {});
    expect([feed.take(all).length, feed.fill(1)]).toEqual([0, true]);
    expect(feed.fill(1)).toBe(false);
    expect(feed.take({ ...all, maxEvents: 5000 })).toHaveLength(200);
    expect([feed.fill(400), feed.fill(400), feed.fill(400)]).toEqual([true, false, false]);
    expect(feed.take({ ...all, maxEvents: 5000 })).toHaveLength(300);
  });

  test("holds a bounded number of events, however long the backlog of one key is", () => {
    const { outbox, feed } = feedOf();
    const story = Array.from({ length: 8000 }, (_, index) => draft("x", { id: String(index) }));
    outbox.append(story, observer, {});
    feed.fill(1);
    feed.take(one);
    let pages = 0;
    while (feed.fill(1)) pages++;
    expect(pages).toBeLessThan(30);
    expect(feed.left()).toBe(8000);
  });

  test("reads past a key that is under way", () => {
    const { feed, append } = feedOf();
    append(draft("x", { id: "x1" }), draft("x", { id: "x2" }));
    feed.take(one);
    append(draft("y"));
    expect(ids(feed.take(one))).toEqual(["y"]);
  });
});

test("unsaved tells the places of what is wanted, not finished, and stands only in memory", () => {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.append(drafts(2), observer, {});
  const stored = outbox.append(
    [draft("x"), draft("other", { affectsSelf: false }), draft("y"), draft("z")],
    observer,
    {},
  );
  const [x, , y, z] = stored.map(({ seq }) => seq);
  const inMemory = (sink: string, position: number) =>
    outbox.next(sink, Math.max(position, (x as number) - 1), 100);
  const wants = createRoute("sink", { scope: "self" });
  const feed = createFeed({ sink: "sink", outbox: { ...outbox, unsaved: inMemory }, position: 0, wants });
  feed.fill(100);
  expect(feed.unsaved()).toEqual([x, y, z]);
  const taken = feed.take({ ...all, maxEvents: 3 });
  feed.settle(taken.slice(2), ({ seq }) => ({ seq, at: now, attempts: 1 }));
  expect([ids(taken)[2], feed.unsaved()]).toEqual(["x", [y, z]]);
});

describe("ready", () => {
  test("tells whether a batch would be full, without taking it", () => {
    const { feed, append, settle } = feedOf();
    expect(feed.ready(all)).toBe("nothing");
    append(draft("x", { data: padding(1000) }));
    const sizes = (...several: readonly Partial<typeof all>[]) =>
      several.map((size) => feed.ready({ ...all, ...size }));
    expect(sizes({}, one, { maxBytes: 1000 })).toEqual(["some", "full", "full"]);
    append(draft("y", { data: padding(1000) }));
    expect(sizes({}, { maxEvents: 2 }, { maxBytes: 2500 })).toEqual(["some", "full", "full"]);
    const taken = feed.take(all);
    append(draft("x", { id: "x2" }));
    expect([ids(taken), feed.ready(one)]).toEqual([["x", "y"], "nothing"]);
    settle(taken);
    expect(feed.ready(one)).toBe("full");
  });
});

describe("position", () => {
  test("is below the lowest unfinished event, and moves past what is not wanted", () => {
    const { outbox, feed, append, settle } = feedOf(createRoute("sink", { scope: "self" }));
    const [a, b, c, d] = append(
      draft("a"),
      draft("b", { affectsSelf: false }),
      draft("c"),
      draft("d", { affectsSelf: false }),
    ) as [number, number, number, number];
    expect(feed.position()).toBe(a - 1);
    const [first] = [feed.take(one), feed.take(one)];
    expect(feed.position()).toBe(a - 1);
    settle(first as readonly Envelope[]);
    expect(feed.position()).toBe(b);
    settle([outbox.next("sink", b, 1)[0] as Envelope]);
    expect(feed.position()).toBe(d);
    expect(c).toBeLessThan(d);
  });

  test("is stored when events are settled, and when nothing was wanted", () => {
    const { place, outbox, append } = feedOf(createRoute("sink", { scope: "self" }));
    const seqs = append(...drafts(3, { affectsSelf: false }));
    outbox.close();
    expect(place.open().subscribe("sink", "now")).toBe(seqs.at(-1));
  });

  test("is not stored above an event that a later one overtook", () => {
    const { place, outbox, feed, append, settle } = feedOf();
    const [a] = append(draft("a"), draft("b"), draft("c"));
    feed.take(one);
    settle(feed.take(one));
    outbox.close();
    const again = place.open();
    expect(again.subscribe("sink", "now")).toBe(a - 1);
    expect(ids(again.next("sink", a - 1, 10))).toEqual(["a", "c"]);
  });
});

describe("left", () => {
  test("counts what is waiting, under way and not read yet, but nothing twice", () => {
    const { outbox, feed, append, settle } = feedOf(createRoute("sink", { scope: "self" }));
    append(draft("a"), draft("b"), draft("no", { affectsSelf: false }));
    expect(feed.left()).toBe(2);
    const taken = feed.take(one);
    expect(feed.left()).toBe(2);
    outbox.append([draft("c"), draft("no", { affectsSelf: false })], observer, {});
    expect(feed.left()).toBe(3);
    settle(taken);
    expect(feed.left()).toBe(2);
  });
});

describe("after reading went back, to what waited behind a parked key", () => {
  function wentBack() {
    const { feed, append } = feedOf();
    append(draft("p", { id: "p1" }));
    const parked = feed.take(one);
    feed.park("p");
    append(draft("p", { id: "p2" }), draft("x", { id: "x1" }), draft("x", { id: "x2" }), draft("y"));
    return { feed, parked };
  }

  test("nothing passes an earlier event of its key that is taken back", () => {
    const { feed } = wentBack();
    const taken = feed.take(one);
    feed.unpark("p");
    feed.release(taken);
    expect(ids(feed.take(all))).toEqual(["x1", "x2", "y"]);
  });

  test("nor one that was claimed meanwhile", () => {
    const { feed } = wentBack();
    const taken = feed.take(one);
    feed.release(taken);
    feed.unpark("p");
    feed.claim(taken, one);
    feed.release(taken);
    expect(ids(feed.take(all))).toEqual(["x1", "x2", "y"]);
  });
});
