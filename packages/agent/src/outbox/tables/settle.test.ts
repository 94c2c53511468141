import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../time/virtual-clock.ts";
import { drafts, now, observer } from "../fixtures/draft.ts";
import { type Place, temporaryPlace } from "../fixtures/place.ts";
import type { DeadLetter } from "./dead-letter.ts";

const letter: DeadLetter = {
  reason: "rejected",
  message: "refused with 400",
  status: 400,
  first: now,
  last: now,
};

function placeWith(events: number) {
  const clock = createVirtualClock({ now });
  const place = temporaryPlace(clock);
  const outbox = place.open();
  const seqs = outbox.append(drafts(events), observer, {}).map(({ seq }) => seq);
  return { clock, place, outbox, seqs, first: seqs[0] as number, last: seqs.at(-1) as number };
}

const settled = (place: Place) =>
  place.database().prepare("SELECT seq, sink, at, attempts, dead FROM delivery ORDER BY sink, seq").all();

const positions = (place: Place) =>
  place.database().prepare("SELECT * FROM subscription ORDER BY sink").all();

describe("subscribe", () => {
  test("a new sink begins now, or at the start", () => {
    const { outbox, last } = placeWith(3);
    expect(outbox.subscribe("new", "now")).toBe(last);
    expect(outbox.subscribe("audit", "start")).toBe(0);
    expect(outbox.next("new", last, 10)).toEqual([]);
    expect(outbox.next("audit", 0, 10)).toHaveLength(3);
  });

  test("a sink that is new to an empty outbox gets everything from then on", () => {
    const { outbox } = placeWith(0);
    const position = outbox.subscribe("new", "now");
    outbox.append(drafts(2), observer, {});
    expect(outbox.next("new", position, 10)).toHaveLength(2);
  });

  test("a stored position wins, whatever `from` says, also after reopening", () => {
    const { place, outbox, first } = placeWith(3);
    outbox.subscribe("sink", "start");
    outbox.settle("sink", [], first);
    outbox.close();
    const again = place.open();
    expect(again.subscribe("sink", "now")).toBe(first);
    expect(again.subscribe("sink", "start")).toBe(first);
  });

  test("a position is on disk at once, so that a crash does not move a new sink", () => {
    const { place, outbox, last } = placeWith(3);
    outbox.subscribe("new", "now");
    expect(positions(place)).toEqual([{ sink: "new", position: last }]);
  });
});

describe("settle", () => {
  test("gathers for 5 ms, then writes everything together", async () => {
    const { clock, place, outbox, first, last } = placeWith(3);
    outbox.subscribe("a", "start");
    outbox.settle("a", [{ seq: first, at: now, attempts: 1 }], first);
    await clock.advance(3);
    outbox.settle("b", [{ seq: last, at: now + 3, attempts: 2, dead: letter }], first - 1);
    await clock.advance(1);
    expect(settled(place)).toEqual([]);
    expect(positions(place)).toEqual([{ sink: "a", position: 0 }]);
    await clock.advance(1);
    expect(settled(place)).toEqual([
      { seq: first, sink: "a", at: now, attempts: 1, dead: null },
      { seq: last, sink: "b", at: now + 3, attempts: 2, dead: JSON.stringify(letter) },
    ]);
    expect(positions(place)).toEqual([
      { sink: "a", position: first },
      { sink: "b", position: first - 1 },
    ]);
    expect(clock.sleeping()).toBe(0);
  });

  test("is written by close, and survives reopening", () => {
    const { clock, place, outbox, first, last } = placeWith(3);
    outbox.subscribe("sink", "start");
    outbox.settle("sink", [{ seq: first, at: now, attempts: 1 }], first);
    outbox.settle("sink", [{ seq: last, at: now, attempts: 1 }], first);
    outbox.close();
    expect(clock.sleeping()).toBe(0);
    const again = place.open();
    expect(again.subscribe("sink", "start")).toBe(first);
    expect(again.next("sink", first, 10).map(({ seq }) => seq)).toEqual([first + 1]);
    expect(again.next("other", first, 10)).toHaveLength(2);
  });

  test("an event that is gone by then is passed over", async () => {
    const { clock, place, outbox, first, last } = placeWith(2);
    outbox.settle(
      "sink",
      [first, last].map((seq) => ({ seq, at: now, attempts: 1 })),
      last,
    );
    place.database().prepare("DELETE FROM event WHERE seq = ?").run(first);
    await clock.advance(5);
    expect(settled(place)).toMatchObject([{ seq: last }]);
    expect(positions(place)).toEqual([{ sink: "sink", position: last }]);
  });

  test("where the disk refuses, what is noted is kept, told, and written when it can be", async () => {
    const clock = createVirtualClock({ now });
    const place = temporaryPlace(clock);
    const errors: unknown[] = [];
    const outbox = place.open({ onError: (error) => errors.push(error) });
    const [first, last] = outbox.append(drafts(2), observer, {}).map(({ seq }) => seq) as [number, number];
    place.database().exec("ALTER TABLE delivery RENAME TO away");
    outbox.settle("sink", [{ seq: first, at: now, attempts: 1 }], first);
    await clock.advance(5);
    expect(errors).toHaveLength(1);
    outbox.settle("sink", [{ seq: last, at: now, attempts: 1 }], last);
    await clock.advance(500);
    expect(errors).toHaveLength(1);
    place.database().exec("ALTER TABLE away RENAME TO delivery");
    await clock.advance(500);
    expect(settled(place)).toMatchObject([{ seq: first }, { seq: last }]);
    expect(positions(place)).toEqual([{ sink: "sink", position: last }]);
  });
});

describe("next", () => {
  test("gives what is above a place and not settled at this sink, in order, up to a limit", async () => {
    const { clock, outbox, seqs, first } = placeWith(5);
    outbox.settle("sink", [{ seq: seqs[2] as number, at: now, attempts: 1 }], 0);
    outbox.settle("other", [{ seq: seqs[3] as number, at: now, attempts: 1 }], 0);
    await clock.advance(5);
    const next = (after: number, limit: number) => outbox.next("sink", after, limit).map(({ seq }) => seq);
    expect(next(0, 10)).toEqual([seqs[0], seqs[1], seqs[3], seqs[4]]);
    expect(next(first, 2)).toEqual([seqs[1], seqs[3]]);
    expect(next(seqs[4] as number, 10)).toEqual([]);
    expect([0, first, seqs[4] as number].map((after) => outbox.pending("sink", after))).toEqual([4, 3, 0]);
  });
});

test("a row for each event, whatever was settled alike and what of it is gone meanwhile", () => {
  const { place, outbox, seqs } = placeWith(9);
  const [a, b, c, d, e, f, g, h, i] = seqs as [number, ...number[]] & Record<number, number>;
  place.database().exec(`DELETE FROM event WHERE seq IN (${b}, ${h})`);
  const at = (seq: unknown, time: number, attempts = 1) => ({ seq: Number(seq), at: time, attempts });
  outbox.settle("one", [at(a, 1), at(b, 1), at(c, 1), at(d, 2), at(e, 2, 2), at(f, 2, 2)], Number(f));
  outbox.settle("two", [at(f, 2, 2), at(h, 2, 2), at(g, 2, 2)], 0);
  outbox.settle("two", [at(i, 2, 2), { ...at(a, 2, 2), dead: letter }], 0);
  outbox.close();
  const rows = settled(place).map((row) => [row["sink"], row["seq"], row["at"], row["attempts"]]);
  expect(rows).toEqual([
    ["one", a, 1, 1],
    ["one", c, 1, 1],
    ["one", d, 2, 1],
    ["one", e, 2, 2],
    ["one", f, 2, 2],
    ["two", a, 2, 2],
    ["two", f, 2, 2],
    ["two", g, 2, 2],
    ["two", i, 2, 2],
  ]);
  expect(settled(place).map(({ dead }) => dead !== null)).toEqual(
    rows.map((row) => row[0] === "two" && row[1] === a),
  );
});
