import { describe, expect, test } from "vitest";
import { eventId, id, noon, scheduled, self, started } from "./fixtures/entry.ts";
import { idsOf, watching } from "./fixtures/watch.ts";

describe("ids", () => {
  test("`<eventid lower case>:<phase>`, whatever the case was", () => {
    const watch = watching();
    expect(idsOf(watch.see([scheduled({ eventId: "AbC" })]))).toEqual(["abc:scheduled"]);
    expect(idsOf(watch.see([started({ eventId: "aBc" })]))).toEqual(["abc:started"]);
    expect(idsOf(watch.see([]))).toEqual(["abc:completed"]);
  });

  test("an EventId that changes its case is the same event; data.eventId is as sent", () => {
    const watch = watching();
    watch.see([scheduled()]);
    expect(idsOf(watch.see([scheduled({ eventId: id })]))).toEqual([]);
    const [event] = watch.see([started({ eventId: id })]).events;
    expect([event?.subject, event?.data.eventId, event?.data.occurrence]).toEqual([id, id, 1]);
    expect(watch.known.size).toBe(1);
  });

  test("an update back and forth: A → B → A → B → A", () => {
    const [a, b] = [scheduled(), scheduled({ durationSeconds: 30 })];
    const watch = watching();
    const ids = [a, b, a, b, a].flatMap((entry) => idsOf(watch.see([entry])));
    const [opening, toB = "", toA = ""] = ids;
    expect(opening).toBe(`${id}:scheduled`);
    expect(toB).toMatch(/:updated:[0-9a-f]{12}$/);
    expect(toA).toMatch(/:updated:[0-9a-f]{12}$/);
    expect(toA).not.toBe(toB);
    expect(ids.slice(3)).toEqual([`${toB}:2`, `${toA}:2`]);
  });

  test("what was used up stays so across a restart and an occurrence", () => {
    const [a, b] = [scheduled(), scheduled({ durationSeconds: 30 })];
    const watch = watching();
    watch.see([a]);
    const [first] = idsOf(watch.see([b]));
    watch.see([]);
    watch.restart();
    watch.see([a]);
    expect(idsOf(watch.see([b]))).toEqual([`${first}:2`]);
  });

  test("two VMs that see the same give the same ids, whatever their names and the case they are told in", () => {
    const first = watching();
    const second = watching({ name: "web-02" });
    const before = { resources: [self, "web-02"] };
    const ids = [first, second].map((watch, n) => [
      ...idsOf(watch.see([scheduled(before)], { incarnation: n })),
      ...idsOf(watch.see([scheduled({ ...before, eventType: "Reboot" })], { afterMs: 2000 + n })),
      ...idsOf(
        watch.see([
          scheduled({
            resources: n === 0 ? ["WEB-02"] : ["web-02"],
            eventId: n === 0 ? id : eventId,
            extra: { n },
          }),
        ]),
      ),
      ...idsOf(watch.see([])),
    ]);
    expect(ids[0]).toHaveLength(4);
    expect(ids[0]).toEqual(ids[1]);
  });

  test("the hash of an update is pinned: a fleet of mixed versions must collapse it too", () => {
    const watch = watching();
    watch.see([scheduled()]);
    expect(idsOf(watch.see([scheduled({ durationSeconds: 30 })]))).toEqual([`${id}:updated:611fd8172894`]);
    watch.see([started()]);
    expect(idsOf(watch.see([started({ durationSeconds: 30 })]))).toEqual([`${id}:updated:a419037d612a`]);
  });

  test("once started, NotBefore and Description are no part of the hash", () => {
    const ids = ["", "Maintenance."].map((description, n) => {
      const watch = watching();
      watch.see([started({ description })]);
      const notBefore = n === 0 ? null : noon;
      return idsOf(watch.see([started({ description, notBefore, durationSeconds: 30 })]));
    });
    expect(ids[0]).toHaveLength(1);
    expect(ids[0]).toEqual(ids[1]);
  });
});

describe("one EventId twice in a document", () => {
  test.each([
    ["Started, Scheduled", [started(), scheduled({ eventId: id })], "started"],
    ["Scheduled, Started", [scheduled({ eventId: id }), started()], "started"],
    ["Started between two", [scheduled(), started(), scheduled()], "started"],
    ["Scheduled, Scheduled", [scheduled({ durationSeconds: 1 }), scheduled()], "scheduled"],
    ["Started, Started", [started({ durationSeconds: 1 }), started()], "started"],
  ])("%s: the Started one counts, else the last, with a warning", (_, entries, phase) => {
    const seen = watching().see(entries);
    expect(idsOf(seen)).toEqual([`${id}:${phase}`]);
    expect(seen.events[0]?.data.durationSeconds).toBe(9);
    expect(seen.warnings).toEqual([`EventId ${id} stands more than once in the document`]);
  });

  test("seen again the same way it is no news", () => {
    const watch = watching();
    const entries = [scheduled({ durationSeconds: 1 }), scheduled()];
    watch.see(entries);
    expect(watch.see(entries)).toMatchObject({ events: [], lifecycles: [] });
  });
});

test("the warnings of the document are passed on", () => {
  const watch = watching();
  expect(watch.see([scheduled()]).warnings).toEqual([]);
});
