import { minimumNotice } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { documentedNoticeMs } from "../../documented-notice.ts";
import { historyView, type Line } from "../../fixtures/history.ts";
import { type Notice, shownNotices } from "./notice.ts";

function noticeOf(...lines: readonly Line[]): Notice | undefined {
  return shownNotices(historyView(...lines))[0];
}

const scheduled = (seconds: number, noticeMs: number | null, eventType = "Reboot"): Line => [
  seconds,
  "scheduledevent.scheduled",
  { noticeMs, eventType },
];
const started = (seconds: number, noticeMs: number | null, more: object = {}): Line => [
  seconds,
  "scheduledevent.started",
  { noticeMs, ...more },
];

test("the documented minimum is the one that the simulator announces by", () => {
  expect(documentedNoticeMs).toEqual(
    Object.fromEntries(Object.entries(minimumNotice).map(([type, seconds]) => [type, seconds * 1000])),
  );
});

test.each([
  ["Freeze", 900],
  ["Reboot", 900],
  ["Redeploy", 600],
  ["Preempt", 30],
  ["Terminate", 300],
])("%s: %d s are kept, also where a poll came 2 s late; less is below (pitfall 33)", (eventType, seconds) => {
  const announced = (ms: number) => noticeOf(scheduled(0, ms, eventType));
  expect(announced(seconds * 1000)).toMatchObject({ minimumMs: seconds * 1000, below: false });
  expect(announced(seconds * 1000 - 2000)).toMatchObject({ below: false });
  expect(announced(seconds * 1000 - 2001)).toMatchObject({ below: true, until: "notBefore" });
});

test("what was announced counts until it starts, then when it started", () => {
  expect(noticeOf(scheduled(0, 900_000))).toMatchObject({ measuredMs: 900_000, until: "notBefore" });
  expect(noticeOf(scheduled(0, 900_000), started(319, 319_000))).toMatchObject({
    measuredMs: 319_000,
    until: "started",
    below: true,
  });
});

test("a failure of hardware comes without notice, and a start that nobody saw says nothing", () => {
  expect(noticeOf(started(0, 0))).toMatchObject({ measuredMs: 0, until: "started", below: true });
  expect(noticeOf(scheduled(0, 900_000), started(3600, null, { gapMs: 3_000_000 }))).toMatchObject({
    measuredMs: 900_000,
    until: "notBefore",
    below: false,
  });
  expect(noticeOf(started(3600, null, { gapMs: 3_000_000 }))).toMatchObject({
    measuredMs: null,
    until: null,
    below: null,
    why: "neither its NotBefore nor its start is known",
  });
});

test("who approved an event made it start early: what was announced counts", () => {
  expect(noticeOf(scheduled(0, 900_000), [9, "scheduledevent.approved"], started(10, 10_000))).toMatchObject({
    measuredMs: 900_000,
    until: "notBefore",
    below: false,
  });
});

test("what was there when somebody began to watch may be older than it seems, and it is said how soon it was seen", () => {
  const late = (why: string) => ({ measuredMs: 60_000, below: null, why: `${why}, so it may be older` });
  expect(noticeOf([0, "agent.started"], scheduled(0, 60_000))).toMatchObject(
    late("first seen when the agent started"),
  );
  expect(noticeOf([0, "agent.started"], scheduled(19, 60_000))).toMatchObject(
    late("first seen 19 s after the agent started"),
  );
  expect(noticeOf([0, "agent.started"], scheduled(131, 60_000))).toMatchObject({ below: true });
  expect(noticeOf([0, "imds.recovered"], scheduled(15, 60_000))).toMatchObject(
    late("first seen 15 s after IMDS answered again"),
  );
  expect(noticeOf([0, "imds.recovered"], scheduled(16, 60_000))).toMatchObject({ below: true });
  expect(noticeOf([0, "agent.stalled"], scheduled(1, 60_000))).toMatchObject(
    late("first seen 1 s after the process went on"),
  );
  expect(noticeOf(scheduled(0, 60_000), [1, "agent.started"])).toMatchObject({ below: true });
  expect(noticeOf([0, "agent.started"], scheduled(1, 900_000))).toMatchObject({ below: false });
  const another: Line = [1, "scheduledevent.scheduled", { eventId: "X", noticeMs: 900_000 }];
  const view = historyView([0, "agent.started"], another, scheduled(3, 60_000));
  expect(shownNotices(view)).toMatchObject([{ eventId: "X" }, { measuredMs: 60_000, below: true }]);
});

test("so may what was seen first in the answer that ended an outage, or before a standstill was told", () => {
  const since = "2026-11-28T09:00:10.000Z";
  const seen = (seconds: number, name: string) =>
    noticeOf(scheduled(seconds, 60_000), [seconds + 1, name, { since }]);
  expect(seen(70, "imds.recovered")?.why).toBe("first seen when IMDS answered again, so it may be older");
  expect(seen(70, "agent.stalled")?.why).toBe("first seen when the process went on, so it may be older");
  expect(seen(9, "imds.recovered")).toMatchObject({ below: true });
});

test("a type of which nothing is documented is not judged", () => {
  expect(noticeOf(scheduled(0, 1000, "Hibernate"))).toMatchObject({ minimumMs: null, below: null });
});

test("each occurrence of an EventId has a notice of its own, whatever the case of its letters", () => {
  const view = historyView(
    scheduled(0, 900_000),
    [900, "scheduledevent.started", { eventId: "c7061bac-afdc-4513-b24b-aa5f13a16123", noticeMs: 900_000 }],
    [9000, "scheduledevent.scheduled", { occurrence: 2, noticeMs: 1000 }],
  );
  expect(shownNotices(view).map(({ occurrence, below }) => [occurrence, below])).toEqual([
    [1, false],
    [2, true],
  ]);
});
