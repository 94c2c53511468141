import type { ScheduledEventEntry } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import { eventId, id, noon, scheduled, self, started } from "./fixtures/entry.ts";
import { watching } from "./fixtures/watch.ts";

const minute = 60_000;

/** What is told where `before` is followed by `after`, one second later. */
function change(before: ScheduledEventEntry, after: ScheduledEventEntry) {
  const watch = watching();
  watch.see([before]);
  return watch.see([after]).events;
}

describe("Scheduled | Scheduled, other content → `updated`, `changed: [fields]`", () => {
  test("the same content: nothing, and nothing to store", () => {
    const watch = watching();
    watch.see([scheduled()]);
    const again = watch.see([scheduled()], { incarnation: 99 });
    expect(again).toMatchObject({ events: [], lifecycles: [] });
  });

  test.each<[string, Partial<ScheduledEventEntry>]>([
    ["notBefore", { notBefore: noon + 20 * minute, notBeforeRaw: "Sun, 22 Nov 2026 12:20:00 GMT" }],
    ["notBefore", { notBefore: null, notBeforeRaw: "soon" }],
    ["description", { description: "Host server is undergoing an emergency repair." }],
    ["durationSeconds", { durationSeconds: null }],
    ["eventSource", { eventSource: "User" }],
    ["eventType", { eventType: "Reboot" }],
    ["resourceType", { resourceType: "Disk" }],
    ["resources", { resources: [self, "web-02"] }],
    ["status", { eventStatus: "Paused" }],
  ])("%s", (field, different) => {
    const [event, ...more] = change(scheduled(), scheduled(different));
    expect(more).toEqual([]);
    expect(event?.id).toMatch(new RegExp(`^${id}:updated:[0-9a-f]{12}$`));
    expect(event?.data).toMatchObject({ phase: "updated", changed: [field] });
  });

  test("several fields at once: one event that names them all", () => {
    const after = scheduled({ eventType: "Reboot", durationSeconds: null, description: "" });
    const [event, ...more] = change(scheduled(), after);
    expect(more).toEqual([]);
    expect(event?.data.changed?.toSorted()).toEqual(["description", "durationSeconds", "eventType"]);
  });

  test("noticeMs is from now to the new NotBefore, which is told", () => {
    const notBefore = noon + 20 * minute;
    const [event] = change(scheduled(), scheduled({ notBefore, notBeforeRaw: "x" }));
    expect(event?.data).toMatchObject({
      noticeMs: 20 * minute - 2000,
      notBefore: "2026-11-22T12:20:00.000Z",
    });
    expect(event?.notbefore).toBe("2026-11-22T12:20:00.000Z");
  });

  test.each<[string, Partial<ScheduledEventEntry>]>([
    ["the same moment written as ISO 8601", { notBeforeRaw: "2026-11-22T12:15:00Z" }],
    ["the case and the order of resources", { resources: ["DB-01", self.toUpperCase()] }],
    ["the case of the EventId", { eventId: id }],
    ["the case of the status", { eventStatus: "SCHEDULED" }],
    ["fields that nobody knows", { extra: { NewField: 2 } }],
  ])("%s changes nothing", (_, different) => {
    const before = scheduled({ resources: [self, "db-01"], extra: { NewField: 1 } });
    expect(change(before, { ...before, ...different })).toEqual([]);
  });

  test("the incarnation never decides: the same one with other content is an update", () => {
    const watch = watching();
    watch.see([scheduled()], { incarnation: 5 });
    expect(watch.see([scheduled({ eventType: "Reboot" })], { incarnation: 5 }).events).toHaveLength(1);
    expect(watch.see([scheduled({ eventType: "Reboot" })], { incarnation: 1 }).events).toHaveLength(0);
    expect(watch.see([scheduled()], { incarnation: null }).events[0]?.data.documentIncarnation).toBeNull();
  });
});

describe("Scheduled | Started → `started`, noticeMs = time − first seen", () => {
  test("counted from the first sight, not from the last update", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([scheduled({ description: "" })], { afterMs: 4000 });
    const [event, ...more] = watch.see([started()], { afterMs: 6000 }).events;
    expect(more).toEqual([]);
    expect(event?.id).toBe(`${id}:started`);
    expect(event?.data).toMatchObject({ status: "Started", noticeMs: 10_000, occurrence: 1 });
    expect(event?.data).not.toHaveProperty("changed");
  });

  test("the last known NotBefore is told after Started, and the raw one as sent", () => {
    const watch = watching();
    watch.see([scheduled()]);
    const expected = { notBefore: "2026-11-22T12:15:00.000Z", notBeforeRaw: "" };
    expect(watch.see([started()]).events[0]?.data).toMatchObject(expected);
    expect(watch.see([]).events[0]?.data).toMatchObject({ ...expected, phase: "completed" });
  });

  test("other content at the same time is told by the same event", () => {
    const [event, ...more] = change(scheduled(), started({ eventType: "Reboot" }));
    expect(more).toEqual([]);
    expect(event?.data).toMatchObject({ phase: "started", eventType: "Reboot", impact: "error" });
  });

  test("also after a gap and after a restart", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.restart("boot 2");
    const [event] = watch.see([started()], { afterMs: 10 * minute }).events;
    expect(event?.data).toMatchObject({ phase: "started", noticeMs: 10 * minute });
  });

  test("from a status that nobody knows, too", () => {
    expect(change(scheduled({ eventStatus: "Paused" }), started())[0]?.data.phase).toBe("started");
  });
});

describe("Started | Started, other Resources, type, source or duration → `updated`", () => {
  test.each<[string, Partial<ScheduledEventEntry>]>([
    ["resources", { resources: [self, "web-02"] }],
    ["eventType", { eventType: "Reboot" }],
    ["eventSource", { eventSource: "User" }],
    ["durationSeconds", { durationSeconds: 30 }],
  ])("%s", (field, different) => {
    const watch = watching();
    watch.see([started()]);
    const [event, ...more] = watch.see([started(different)]).events;
    expect(more).toEqual([]);
    expect(event?.data).toMatchObject({ phase: "updated", status: "Started", changed: [field], noticeMs: 0 });
  });

  test.each<[string, Partial<ScheduledEventEntry>]>([
    ["NotBefore", { notBefore: noon, notBeforeRaw: "Sun, 22 Nov 2026 12:00:00 GMT" }],
    ["Description", { description: "" }],
    ["the case of the status", { eventStatus: "started" }],
  ])("%s is not compared once Started", (_, different) => {
    expect(change(started(), started(different))).toEqual([]);
  });

  test("but the last entry is what is known of it, and what its end tells", () => {
    const watch = watching();
    watch.see([started({ description: "" })]);
    const after = started({ description: "Now we know.", extra: { NewField: 1 } });
    expect(watch.see([after])).toMatchObject({ events: [], lifecycles: [{ entry: after }] });
    expect(watch.see([after]).lifecycles).toEqual([]);
    expect(watch.see([]).events[0]?.data).toMatchObject({
      description: "Now we know.",
      extra: { NewField: 1 },
    });
  });
});

describe('Started | Scheduled → `updated`, changed: ["status"]; it stays one that was Started', () => {
  function backAgain() {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([started()]);
    return { watch, back: watch.see([scheduled({ description: "Postponed." })]) };
  }

  test("only the status counts", () => {
    const [event, ...more] = backAgain().back.events;
    expect(more).toEqual([]);
    expect(event?.data).toMatchObject({ phase: "updated", status: "Scheduled", changed: ["status"] });
    expect(event?.data.notBefore).toBe("2026-11-22T12:15:00.000Z");
  });

  test("gone from there: `completed`, before NotBefore and after a gap", () => {
    expect(backAgain().watch.see([]).events[0]?.id).toBe(`${id}:completed`);
    expect(backAgain().watch.see([], { afterMs: minute }).events[0]?.id).toBe(`${id}:completed`);
  });

  test("Started again: `started` a second time, id with :2, noticeMs from first seen", () => {
    const { watch } = backAgain();
    const [event] = watch.see([started()]).events;
    expect(event?.id).toBe(`${id}:started:2`);
    expect(event?.data).toMatchObject({ occurrence: 1, noticeMs: 3000 });
    watch.see([scheduled()]);
    expect(watch.see([started()]).events[0]?.id).toBe(`${id}:started:3`);
    expect(watch.see([]).events[0]?.id).toBe(`${id}:completed`);
  });

  test("its NotBefore is compared again while it is Scheduled", () => {
    const { watch } = backAgain();
    const [event] = watch.see([
      scheduled({ description: "Postponed.", notBefore: noon + 60 * minute }),
    ]).events;
    expect(event?.data.changed).toEqual(["notBefore"]);
  });

  test("the approval and the occurrence stay", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.approve(eventId, "accepted");
    watch.see([started()]);
    watch.see([scheduled()]);
    expect(watch.known.get(id)).toMatchObject({ approval: "accepted", occurrence: 1, wasStarted: true });
  });
});
