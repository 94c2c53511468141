import { expect, test } from "vitest";
import { draft, now, observer } from "../../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../../outbox/fixtures/place.ts";
import type { Envelope } from "../../outbox/envelope.ts";
import { createUrgentRows } from "./urgent-rows.ts";

const page = 4;

function watched() {
  const outbox = temporaryPlace().open();
  let reads = 0;
  const rows = createUrgentRows({
    outbox,
    page,
    read(at) {
      reads++;
      const found = outbox.urgent("sink", 0, at, page);
      return { rows: found, complete: found.length < page };
    },
  });
  const append = (id: string, from = now, deadline = now + 60_000) =>
    outbox.append([draft(id, { urgency: { from, deadline } })], observer, {});
  const look = (at = now) => rows.look(at).map(({ key }) => key);
  return { outbox, rows, append, look, reads: () => reads };
}

const one = (rows: readonly Envelope[], key: string) => rows.filter((row) => row.key === key);

test("what is urgent is read once, however often it is asked for and settled", () => {
  const { rows, append, look, reads } = watched();
  for (const id of ["a", "b", "c"]) append(id);
  expect([look(), look(now + 1), reads()]).toEqual([["a", "b", "c"], ["a", "b", "c"], 1]);
  rows.settled(one(rows.look(now), "b"));
  expect([look(now + 2), reads()]).toEqual([["a", "c"], 1]);
});

test("it is read again when an event is stored, when time makes one urgent or late, and when something comes back", () => {
  const { rows, append, look, reads } = watched();
  append("a");
  append("late", now, now + 1000);
  append("soon", now + 2000);
  expect(look()).toEqual(["a", "late"]);
  append("b");
  expect([look(), reads()]).toEqual([["a", "late", "b"], 2]);
  expect([look(now + 1000), reads()]).toEqual([["a", "b"], 3]);
  expect([look(now + 2000), reads()]).toEqual([["a", "soon", "b"], 4]);
  expect([look(now), reads()]).toEqual([["a", "late", "b"], 5]);
  rows.settled(one(rows.look(now), "a"));
  rows.forget();
  expect([look(), reads()]).toEqual([["a", "late", "b"], 6]);
});

test("of more than a page the rest is read before the first part is used up", () => {
  const { outbox, rows, append, look, reads } = watched();
  for (const id of ["a", "b", "c", "d", "e"]) append(id);
  expect([look(), reads()]).toEqual([["a", "b", "c", "d"], 1]);
  const settle = (...keys: readonly string[]) => {
    const gone = rows.look(now).filter(({ key }) => keys.includes(key));
    rows.settled(gone);
    outbox.settle(
      "sink",
      gone.map(({ seq }) => ({ seq, at: now, attempts: 1 })),
      0,
    );
    outbox.retain([]);
  };
  settle("a");
  expect([look(), reads()]).toEqual([["b", "c", "d"], 1]);
  settle("b");
  expect([look(), reads()]).toEqual([["c", "d", "e"], 2]);
});
