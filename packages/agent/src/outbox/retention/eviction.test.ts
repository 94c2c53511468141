import type { Severity } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import type { Lifecycle } from "../../normalize/lifecycle.ts";
import { createVirtualClock } from "../../time/virtual-clock.ts";
import { kept, settlements } from "../fixtures/contents.ts";
import { draft, now, observer, padding } from "../fixtures/draft.ts";
import { unlimited } from "../fixtures/limits.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import type { DeadLetter } from "../tables/dead-letter.ts";
import type { Settlement } from "../tables/settle.ts";

const bytes = 10_000;

const delivered = (seq: number): Settlement => ({ seq, at: now, attempts: 1 });
const rejected = (seq: number): Settlement => ({
  ...delivered(seq),
  dead: { reason: "rejected", message: "refused", first: now, last: now },
});

/** An outbox that may hold about `events` of 10 kB, with the sinks `a` and `b`. */
function outboxFor(events: number) {
  const place = temporaryPlace(createVirtualClock({ now }));
  const maxBytes = events * 12_800 + 60_000;
  const outbox = place.open({ limits: { ...unlimited, maxBytes } });
  for (const sink of ["a", "b"]) outbox.subscribe(sink, "start");
  const append = (prefix: string, count: number, rank: Severity = "error") =>
    outbox
      .append(
        Array.from({ length: count }, (_, index) =>
          draft(`${prefix}${index}`, { rank, data: padding(bytes) }),
        ),
        observer,
        {},
      )
      .map(({ seq }) => seq);
  return { place, outbox, append, maxBytes, database: place.database() };
}

const named = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${prefix}${from + index}`);

const count = (names: readonly string[], prefix: string) =>
  names.filter((name) => name.startsWith(prefix)).length;

describe("past maxSize", () => {
  test("nothing happens while everything fits", () => {
    const { outbox, append, database } = outboxFor(100);
    append("e", 90);
    expect(outbox.retain(["a", "b"])).toEqual({ removed: 0, evicted: 0 });
    expect(kept(database)).toHaveLength(90);
  });

  test("finished events go first, oldest first, and no more than need be", () => {
    const { outbox, append, database, maxBytes } = outboxFor(100);
    const finished = append("f", 100);
    for (const sink of ["a", "b"]) {
      outbox.settle(
        sink,
        [...finished.slice(1).map(delivered), rejected(finished[0] as number)],
        finished.at(-1) as number,
      );
    }
    append("u", 50, "info");
    const { removed, evicted } = outbox.retain(["a", "b"]);
    expect(evicted).toBe(0);
    expect(outbox.size()).toBeLessThanOrEqual(maxBytes);
    expect(removed).toBeGreaterThanOrEqual(45);
    expect(removed).toBeLessThan(80);
    expect(kept(database)).toEqual(["f0", ...named("f", 1 + removed, 100), ...named("u", 0, 50)]);
  });

  test("an event that every sink has is finished, also above one that a sink still tries", () => {
    const { outbox, append, database } = outboxFor(100);
    const [stuck] = append("stuck", 1, "info");
    const seqs = append("e", 130);
    for (const sink of ["a", "b"]) outbox.settle(sink, seqs.map(delivered), (stuck as number) - 1);
    expect(outbox.retain(["a", "b"])).toMatchObject({ evicted: 0 });
    expect(kept(database)[0]).toBe("stuck0");
    expect(settlements(database).filter((line) => line.endsWith("evicted"))).toEqual([]);
  });

  test("then dead letters, oldest first", () => {
    const { outbox, append, database } = outboxFor(100);
    const dead = append("d", 60);
    for (const sink of ["a", "b"]) outbox.settle(sink, dead.map(rejected), dead.at(-1) as number);
    append("u", 70, "info");
    const { removed, evicted } = outbox.retain(["a", "b"]);
    expect(evicted).toBe(0);
    expect(removed).toBeGreaterThanOrEqual(25);
    expect(kept(database)).toEqual([...named("d", removed, 60), ...named("u", 0, 70)]);
  });

  test("then unsettled events, the oldest of the least severe first", () => {
    const { outbox, append, database, maxBytes } = outboxFor(100);
    append("error", 40, "error");
    append("info", 20, "info");
    append("warn", 40, "warn");
    append("late", 30, "info");
    const { removed, evicted } = outbox.retain(["a", "b"]);
    expect(removed).toBe(0);
    expect(outbox.size()).toBeLessThanOrEqual(maxBytes);
    const left = kept(database);
    expect([count(left, "error"), count(left, "warn"), count(left, "info")]).toEqual([40, 40, 0]);
    expect(left.slice(80)).toEqual(named("late", evicted - 20, 30));
    expect(evicted).toBeLessThan(50);
  });
});

describe("events larger than a page", () => {
  const large = (count: number) =>
    Array.from({ length: count }, (_, index) => draft(`e${index}`, { data: padding(300_000) }));

  test("go no further than need be: those stay that fit", () => {
    const outbox = temporaryPlace().open({ limits: { ...unlimited, maxBytes: 1_000_000 } });
    outbox.subscribe("a", "start");
    outbox.append(large(5), observer, {});
    expect(outbox.retain(["a"]).evicted).toBe(2);
    expect(outbox.pending("a", 0)).toBe(3);
    expect(outbox.size()).toBeLessThanOrEqual(1_000_000);
  });

  test("the outbox is crowded where it has grown past its limit since the last round", () => {
    const outbox = temporaryPlace().open({ limits: { ...unlimited, maxBytes: 1_000_000 } });
    outbox.subscribe("a", "start");
    outbox.append(large(3), observer, {});
    expect(outbox.crowded()).toBe(false);
    const [, , , fourth] = large(4) as [never, never, never, ReturnType<typeof draft>];
    const seq = outbox.append([fourth], observer, {})[0]?.seq as number;
    expect(outbox.crowded()).toBe(true);
    // What cannot be helped is no reason to look again every second.
    outbox.retain(["a"], [seq - 3, seq - 2, seq - 1, seq]);
    expect(outbox.crowded()).toBe(false);
    outbox.append([draft("fifth", { data: padding(300_000) })], observer, {});
    expect(outbox.crowded()).toBe(true);
    outbox.retain(["a"]);
    expect(outbox.crowded()).toBe(false);
  });

  test("what is under way is spared, and whose dead letters the others have become is told", () => {
    const outbox = temporaryPlace().open({ limits: { ...unlimited, maxBytes: 1_000_000 } });
    for (const sink of ["a", "b"]) outbox.subscribe(sink, "start");
    const seqs = outbox.append(large(5), observer, {}).map(({ seq }) => seq);
    const [first, second, third] = seqs as [number, number, number];
    outbox.settle("b", [delivered(second)], first - 1);
    const { lost } = outbox.retain(["a", "b"], [first]);
    expect(lost).toEqual(
      new Map([
        ["a", [second, third]],
        ["b", [third]],
      ]),
    );
    expect(outbox.next("a", 0, 100)[0]?.seq).toBe(first);
  });
});

test("what the source remembers takes no event's room, however long: nothing would ever be left of them", () => {
  const outbox = temporaryPlace().open({ limits: { ...unlimited, maxBytes: 1_000_000 } });
  outbox.subscribe("a", "start");
  const text = "x".repeat(300_000);
  const lifecycles = Array.from(
    { length: 8 },
    (_, index) => ({ eventId: `e${index}`, goneAt: null, text }) as unknown as Lifecycle,
  );
  const large = Array.from({ length: 4 }, (_, index) => draft(`e${index}`, { data: padding(300_000) }));
  outbox.append(large, observer, { lifecycles, checkpoints: { poll: { text } } });
  expect(outbox.retain(["a"]).evicted).toBe(1);
  expect(outbox.pending("a", 0)).toBe(3);
});

describe("an evicted event", () => {
  test("leaves a dead letter at each sink that has not had it, and its payload is gone", () => {
    const { outbox, append, database } = outboxFor(10);
    const [first, second, third] = append("e", 40) as [number, number, number];
    outbox.settle("a", [delivered(first), rejected(second)], second);
    outbox.settle("b", [delivered(third)], 0);
    const { evicted } = outbox.retain(["a", "b"]);
    expect(evicted).toBeGreaterThanOrEqual(30);
    const lines = settlements(database);
    expect(lines).toContain("a: e0");
    expect(lines).toContain("b: e0 evicted");
    expect(lines).toContain("a: e1 rejected");
    expect(lines).toContain("b: e1 evicted");
    expect(lines).toContain("a: e2 evicted");
    expect(lines).toContain("b: e2");
    const row = database.prepare("SELECT dead FROM delivery WHERE sink = 'b' AND seq = ?").get(first);
    expect(JSON.parse(String(row?.["dead"])) as DeadLetter).toEqual({
      reason: "evicted",
      message: "the outbox was full",
      first: now,
      last: now,
    });
    expect(database.prepare("SELECT json, id FROM event WHERE seq = ?").get(first)).toEqual({
      json: "",
      id: "e0:scheduled",
    });
  });

  test("comes to no sink any more, is not pending, and is no dead letter of a sink that is not configured", () => {
    const { outbox, append, database } = outboxFor(10);
    append("e", 40);
    const { evicted } = outbox.retain(["a"]);
    expect(outbox.pending("a", 0)).toBe(40 - evicted);
    expect(outbox.next("a", 0, 100).map(({ key }) => key)).toEqual(named("e", evicted, 40));
    expect(settlements(database).filter((line) => line.startsWith("b"))).toEqual([]);
  });

  test("is counted only where a sink lost it", () => {
    const { outbox, append, database } = outboxFor(10);
    const seqs = append("e", 40);
    outbox.settle("a", seqs.slice(20).map(delivered), (seqs[0] as number) - 1);
    const { removed, evicted } = outbox.retain(["a"]);
    expect(removed).toBe(20);
    expect(kept(database)).toEqual(named("e", evicted, 20));
  });

  test("keeps its id taken, and its trace goes when it is old", () => {
    const place = temporaryPlace();
    const clock = createVirtualClock({ now });
    const outbox = place.open({ clock, limits: { ...unlimited, maxBytes: 100_000, retentionMs: 1000 } });
    outbox.subscribe("a", "start");
    outbox.append([draft("e", { data: padding(200_000) })], observer, {});
    expect(outbox.retain(["a"]).evicted).toBe(1);
    expect(outbox.append([draft("e")], observer, {})[0]?.id).toBe("e:scheduled:2");
    clock.jump(1001);
    expect(outbox.retain(["a"])).toEqual({ removed: 1, evicted: 0 });
    expect(place.database().prepare("SELECT id FROM event").all()).toEqual([{ id: "e:scheduled:2" }]);
  });
});
