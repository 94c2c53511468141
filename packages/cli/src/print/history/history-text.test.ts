import type { Passage } from "@forewarn/agent";
import { expect, test, vi } from "vitest";
import { nineOClock } from "../../fixtures/entries.ts";
import { historyEntry, historyView } from "../../fixtures/history.ts";
import type { Paint } from "../../log/color.ts";
import { historyCsv } from "./history-csv.ts";
import { historyJson } from "./history-json.ts";
import { historyText } from "./history-text.ts";

vi.stubEnv("TZ", "UTC");

const plain: Paint = (_, text) => text;

const delivered = (sink: string, afterMs: number, attempts = 1): Passage => ({
  sink,
  state: "delivered",
  at: nineOClock + afterMs,
  afterMs,
  attempts,
});
const dead: Passage = {
  sink: 'o"p,s',
  state: "dead",
  at: nineOClock + 1000,
  afterMs: 1000,
  attempts: 3,
  dead: {
    reason: "rejected",
    message: "status 400",
    attempts: 3,
    first: nineOClock,
    last: nineOClock + 1000,
  },
} as unknown as Passage;

const view = historyView(
  [0, "agent.started", { vm: { name: "web-01" } }, [delivered("audit", 3)]],
  [
    3600,
    "scheduledevent.scheduled",
    { noticeMs: 319_000 },
    [delivered("audit", 8), delivered("hook", 4200, 2)],
  ],
  [
    3700,
    "scheduledevent.approved",
    { approval: { by: "command", user: "ann" } },
    [delivered("audit", 5), dead],
  ],
  [
    3701,
    "scheduledevent.started",
    { noticeMs: 101_000 },
    [delivered("audit", 6), { sink: "hook", state: "pending" }],
  ],
  [7200, "scheduledevent.scheduled", { eventId: "P", eventType: "Preempt", noticeMs: 29_100 }],
);

test("for people: each event and what became of it, the notices, the sinks", () => {
  expect(historyText(view, plain).split("\n")).toEqual([
    "2026-11-28 09:00:00  AGENT STARTED watching web-01",
    "                                   → audit after 3 ms",
    "2026-11-28 10:00:00  SCHEDULED     Reboot of web-01 in 5 min, not before 2026-11-28 09:15:00, by Azure",
    "                                   notice 5 min  → audit after 8 ms, hook after 4.2 s, 2 tries",
    "2026-11-28 10:01:40  APPROVED      Reboot of web-01 may start now, by ann with forewarn approve",
    '                                   → audit after 5 ms, o"p,s dead, rejected: status 400',
    "2026-11-28 10:01:41  STARTED       Reboot of web-01, by Azure, 1 min 41 s after it was announced",
    "                                   notice 1 min 41 s  → audit after 6 ms, hook pending",
    "2026-11-28 11:00:00  SCHEDULED     Preempt of web-01 in 29.1 s, not before 2026-11-28 09:15:00, by Azure",
    "                                   notice 29.1 s  → no sink wanted it",
    "",
    "Notice, beside the least that Azure documents",
    "EVENT    VM                SEEN                 NOTICE                DOCUMENTED",
    "Reboot   web-01 (this VM)  2026-11-28 10:00:00  5 min 19 s announced  15 min      9 min 41 s less",
    "Preempt  web-01 (this VM)  2026-11-28 11:00:00  29.1 s announced      30 s        kept",
    "",
    "Delivery, from observed to delivered",
    "SINK   DELIVERED  MEDIAN  SLOWEST  PENDING  DEAD",
    "audit  4          5 ms    8 ms     0        0",
    "hook   1          4.2 s   4.2 s    1        0",
    'o"p,s  0          -       -        0        1',
    "",
  ]);
});

test("CSV after RFC 4180: a row per event and sink, quoted where it must be, each ended by CRLF", () => {
  const id = "C7061BAC-AFDC-4513-B24B-AA5F13A16123";
  const approved = `2026-11-28T10:01:40.000Z,io.forewarn.scheduledevent.approved,${id.toLowerCase()}:approved,${id},Reboot,,`;
  expect(historyCsv(view).split("\r\n").toSpliced(2, 2).toSpliced(4, 2)).toEqual([
    "time,type,id,eventId,eventType,noticeMs,sink,state,at,afterMs,attempts,reason,measuredMs,minimumMs,below,approvedBy",
    "2026-11-28T09:00:00.000Z,io.forewarn.agent.started,own-0,,,,audit,delivered,2026-11-28T09:00:00.003Z,3,1,,,,,",
    `${approved}audit,delivered,2026-11-28T09:00:00.005Z,5,1,,319000,900000,true,ann with forewarn approve`,
    `${approved}"o""p,s",dead,2026-11-28T09:00:01.000Z,1000,3,rejected,319000,900000,true,ann with forewarn approve`,
    "2026-11-28T11:00:00.000Z,io.forewarn.scheduledevent.scheduled,p:scheduled,P,Preempt,29100,,,,,,,29100,30000,false,",
    "",
  ]);
});

test("for programs: times in RFC 3339, the notice of the whole event with each of its phases", () => {
  const [, first, , , last] = view.entries.map((entry) => historyJson(entry, view));
  expect(first).toMatchObject({
    time: "2026-11-28T10:00:00.000Z",
    noticeMs: 319_000,
    notice: {
      measuredMs: 319_000,
      until: "notBefore",
      minimumMs: 900_000,
      below: true,
      why: null,
      seen: "2026-11-28T10:00:00.000Z",
    },
    sinks: [{ sink: "audit", at: "2026-11-28T09:00:00.008Z", afterMs: 8, attempts: 1 }, { sink: "hook" }],
  });
  expect(last).toMatchObject({ notice: { eventType: "Preempt", below: false }, sinks: [] });
});

test("an entry whose content is gone is still told of", () => {
  const gone = { ...historyEntry([0, "scheduledevent.scheduled"]), json: null };
  const lost = { entries: [gone], notices: new Map(), configured: null };
  expect(historyText(lost, plain)).toContain("CONTENT GONE  c7061bac");
  expect(historyCsv(lost)).toContain("scheduledevent.scheduled,c7061bac");
  expect(historyJson(gone, lost)).toMatchObject({ event: null, notice: null });
});

test("what waits for a sink that the configuration does not name says so", () => {
  const without = { ...view, configured: ["audit"] };
  expect(historyText(without, plain)).toContain(
    "audit after 6 ms, hook pending (not in the configuration)\n",
  );
  const [, , , started] = without.entries;
  expect(started && historyJson(started, without)).toMatchObject({
    sinks: [{ sink: "audit" }, { sink: "hook", state: "pending", configured: false }],
  });
  expect(historyText({ ...view, configured: ["audit", "hook"] }, plain)).toBe(historyText(view, plain));
});
