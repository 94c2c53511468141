import { describe, expect, test } from "vitest";
import { eventId, id, noon, scheduled, self, started } from "./fixtures/entry.ts";
import { createWatch, idsOf, watching } from "./fixtures/watch.ts";

const minute = 60_000;

describe("– | Scheduled → `scheduled`, noticeMs = NotBefore − time (null if unknown)", () => {
  test("the whole event", () => {
    const watch = watching();
    const [event, ...more] = watch.see([scheduled()], { incarnation: 2 }).events;
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      id: `${id}:scheduled`,
      type: "io.forewarn.scheduledevent.scheduled",
      subject: id,
      time: "2026-11-22T12:00:01.000Z",
      severitynumber: 13,
      severitytext: "WARN",
      affectsself: true,
      notbefore: "2026-11-22T12:15:00.000Z",
    });
    expect(event?.data).toMatchObject({
      eventId,
      occurrence: 1,
      eventType: "Freeze",
      status: "Scheduled",
      phase: "scheduled",
      eventSource: "Platform",
      resourceType: "VirtualMachine",
      resources: [self],
      affectsSelf: true,
      notBefore: "2026-11-22T12:15:00.000Z",
      notBeforeRaw: "Sun, 22 Nov 2026 12:15:00 GMT",
      noticeMs: 15 * minute - 1000,
      durationSeconds: 9,
      description: "Host server is undergoing maintenance.",
      documentIncarnation: 2,
      impact: "warn",
    });
    for (const absent of ["changed", "outcome", "gapMs", "extra", "simulated"])
      expect(event?.data).not.toHaveProperty(absent);
  });

  test.each(["", "next Tuesday"])("NotBefore %j: noticeMs null, notBefore null, raw kept", (notBeforeRaw) => {
    const [event] = watching().see([scheduled({ notBefore: null, notBeforeRaw })]).events;
    expect(event?.data).toMatchObject({ notBefore: null, notBeforeRaw, noticeMs: null });
    expect(event).not.toHaveProperty("notbefore");
  });

  test("NotBefore has passed: noticeMs is negative", () => {
    const [event] = watching().see([scheduled()], { afterMs: 16 * minute }).events;
    expect(event?.data.noticeMs).toBe(-minute);
  });

  test("also in the first document of a process, and after a gap", () => {
    expect(idsOf(createWatch().see([scheduled()]))).toEqual([`${id}:scheduled`]);
    const later = watching().see([scheduled()], { afterMs: minute });
    expect(later.events[0]?.data).not.toHaveProperty("gapMs");
  });

  test.each(["Paused", "Unknown", "Completed"])(
    "a status that is neither Scheduled nor Started (%s) has not started",
    (eventStatus) => {
      const [event] = watching().see([scheduled({ eventStatus })]).events;
      expect(event?.data).toMatchObject({ phase: "scheduled", status: eventStatus });
    },
  );

  test("status is read in any case", () => {
    expect(watching().see([scheduled({ eventStatus: "STARTED" })]).events[0]?.data.phase).toBe("started");
  });
});

describe("– | Started → `started`; noticeMs 0 if the previous good document is no gap away, else null and gapMs", () => {
  const startedAfter = (afterMs: number) => watching().see([started()], { afterMs }).events[0];

  test("no gap: noticeMs 0", () => {
    const event = startedAfter(10_000);
    expect(event?.id).toBe(`${id}:started`);
    expect(event?.data).toMatchObject({ phase: "started", noticeMs: 0, notBefore: null, occurrence: 1 });
    expect(event?.data).not.toHaveProperty("gapMs");
  });

  test("after a gap: noticeMs null and gapMs", () => {
    expect(startedAfter(10_001)?.data).toMatchObject({ noticeMs: null, gapMs: 10_001 });
  });

  test("the very first document: noticeMs null, and gapMs is unknown", () => {
    const [event] = createWatch().see([started()]).events;
    expect(event?.data.noticeMs).toBeNull();
    expect(event?.data).not.toHaveProperty("gapMs");
  });

  test("after a restart of 3 s: no gap, noticeMs 0", () => {
    const watch = watching();
    watch.restart();
    expect(watch.see([started()], { afterMs: 3000 }).events[0]?.data.noticeMs).toBe(0);
  });

  test("after a restart of an hour: noticeMs null and gapMs", () => {
    const watch = watching();
    watch.restart();
    const [event] = watch.see([started()], { afterMs: 60 * minute }).events;
    expect(event?.data).toMatchObject({ noticeMs: null, gapMs: 60 * minute });
  });

  test("after a restart with the wall clock behind: a gap of unknown length", () => {
    const watch = watching();
    watch.restart();
    watch.jump(-60 * minute);
    const [event] = watch.see([started()]).events;
    expect(event?.data.noticeMs).toBeNull();
    expect(event?.data).not.toHaveProperty("gapMs");
  });

  test("the notice of the start goes along to the end", () => {
    for (const [afterMs, noticeMs] of [
      [1000, 0],
      [minute, null],
    ] as const) {
      const watch = watching();
      watch.see([started()], { afterMs });
      expect(watch.see([]).events[0]?.data).toMatchObject({ phase: "completed", noticeMs });
    }
  });
});

describe("gone | present → as unknown, next occurrence", () => {
  test("comes back Scheduled: `scheduled`, occurrence 2, ids with :2", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([]);
    const again = watch.see([scheduled()]);
    expect(idsOf(again)).toEqual([`${id}:scheduled:2`]);
    expect(again.events[0]?.data).toMatchObject({ occurrence: 2, phase: "scheduled" });
    const end = watch.see([]);
    expect(idsOf(end)).toEqual([`${id}:canceled:2`]);
    expect(end.events[0]?.data.occurrence).toBe(2);
  });

  test("comes back Started: `started` with its own notice, then `completed`, first uses of their ids", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([]);
    const again = watch.see([started()]);
    expect(idsOf(again)).toEqual([`${id}:started`]);
    expect(again.events[0]?.data).toMatchObject({ occurrence: 2, noticeMs: 0, notBefore: null });
    expect(idsOf(watch.see([]))).toEqual([`${id}:completed`]);
  });

  test("nothing of the occurrence before counts: not that it was Started, not its approval, impact or first sight", () => {
    const watch = watching();
    watch.see([scheduled({ eventType: "Reboot" })]);
    watch.approve(eventId, "accepted");
    watch.see([started({ eventType: "Reboot" })]);
    watch.see([]);
    watch.see([scheduled({ resources: ["other"] })], { afterMs: 2000 });
    expect(watch.known.get(id)).toMatchObject({
      occurrence: 2,
      wasStarted: false,
      approval: "none",
      impact: "info",
      affectsSelf: false,
      firstSeen: noon + 5000,
      noticeMs: null,
    });
    expect(watch.see([]).events[0]?.data.outcome).toBe("removed-before-start");
  });

  test("also after a restart", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([]);
    watch.restart();
    expect(idsOf(watch.see([scheduled()]))).toEqual([`${id}:scheduled:2`]);
  });
});
