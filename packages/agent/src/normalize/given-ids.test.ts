import { array, assert, constantFrom, integer, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { type GivenIds, giveId, joinedIds } from "./given-ids.ts";
import { scheduled } from "./fixtures/entry.ts";
import { idsOf, watching } from "./fixtures/watch.ts";

const none: GivenIds = { ids: {} };
const update = (n: number) => `e:updated:${n.toString(16).padStart(12, "0")}`;

/** What is given out for these bases, in their order. */
function giveAll(bases: readonly string[]) {
  let given = none;
  const ids = bases.map((base) => {
    const next = giveId(given, base);
    // What is remembered goes through the disk.
    given = JSON.parse(JSON.stringify(next.given)) as GivenIds;
    return next.id;
  });
  return { ids, given };
}

test("the base, then numbered", () => {
  expect(giveAll(["e:started", update(1), "e:started", update(1), update(1)]).ids).toEqual([
    "e:started",
    update(1),
    "e:started:2",
    `${update(1)}:2`,
    `${update(1)}:3`,
  ]);
});

test("no id twice, whatever is changed back and forth, and no more is kept than of 200 updates", () => {
  const bases = oneof(
    integer({ min: 0, max: 300 }).map(update),
    constantFrom("e:scheduled", "e:started", "e:completed"),
  );
  assert(
    property(array(bases, { minLength: 600, maxLength: 1200, size: "max" }), (told) => {
      const { ids, given } = giveAll(told);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Object.keys(given.ids).length).toBeLessThanOrEqual(203);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

test("what was forgotten comes back under a number that it never had; phases are never forgotten", () => {
  const many = Array.from({ length: 5000 }, (_, n) => update(n + 10));
  const { ids, given } = giveAll(["e:scheduled", update(1), update(1), update(2), ...many]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(given).toMatchObject({ ids: { "e:scheduled": 1 } });
  expect(JSON.stringify(given).length).toBeLessThan(10_000);
  expect(ids).not.toContain(giveId(given, update(1)).id);
  expect(giveId(given, update(1)).id).toMatch(/:updated:000000000001:\d+$/);
  expect(giveId(given, "e:scheduled").id).toBe("e:scheduled:2");
});

test("an id that another gave out meanwhile is known, and brings nothing back that was forgotten", () => {
  const start = giveAll(Array.from({ length: 200 }, (_, n) => update(n))).given;
  const approving = giveId(start, "e:approved").given;
  const telling = giveId(start, update(500)).given;
  const ids = joinedIds(telling, approving);
  expect(ids).toMatchObject({ "e:approved": 1, [update(500)]: 1 });
  expect(Object.keys(ids)).toHaveLength(201);
});

test("an event that is updated every second for an hour: every id once, and what is known of it stays small", () => {
  const events = watching();
  const told = Array.from({ length: 3600 }, (_, n) =>
    idsOf(events.see([scheduled({ description: `no ${n}` })])),
  ).flat();
  expect(told).toHaveLength(3600);
  expect(new Set(told).size).toBe(3600);
  expect(JSON.stringify([...events.known]).length).toBeLessThan(25_000);
  events.restart();
  const later = ["no 1", "no 2", "no 1"].map((description) =>
    idsOf(events.see([scheduled({ description })])),
  );
  events.see([]);
  later.push(idsOf(events.see([scheduled({ description: "no 2" })])));
  later.push(idsOf(events.see([scheduled({ description: "no 1" })])));
  expect(new Set([...told, ...later.flat()]).size).toBe(3605);
});
