import type { AgentStatus, EndReport, Envelope, Letter, Passage, Telemetry } from "@forewarn/agent";
import type { ImdsError } from "@forewarn/imds";
import { startSimulator } from "@forewarn/imds-simulator";
import type { ForewarnEvent } from "@forewarn/sdk";
import { EventEmitter } from "eventemitter3";
import { describe, expect, test } from "vitest";
import { glanceText, statusText } from "./admin/status-text.ts";
import { approve } from "./commands/approve/approve.ts";
import { events } from "./commands/events/events.ts";
import { findingText } from "./doctor/report.ts";
import { entryOf, nineOClock } from "./fixtures/entries.ts";
import { historyEntry, historyView } from "./fixtures/history.ts";
import { told } from "./fixtures/told.ts";
import type { Paint } from "./log/color.ts";
import { createLogger } from "./log/logger.ts";
import { createEventPrinter } from "./print/event-printer.ts";
import { historyCsv } from "./print/history/history-csv.ts";
import { historyText } from "./print/history/history-text.ts";
import { letterText, lettersText } from "./print/letter-text.ts";
import { printEvents } from "./print/print-events.ts";
import { eventLines } from "./print/scheduled-events/event-lines.ts";
import { eventsTable } from "./print/scheduled-events/events-table.ts";
import { summaryText, tally } from "./simulate/summary.ts";

/** Steers a terminal, begins a line that looks like one of Forewarn's, turns the rest of the line around. */
const evil = "x\u001b[2J\u009b31m\r\n13:00:00  FORGED       Reboot\u2028\u202e\u0007";
const unruly = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|^13:00:00 {2}FORGED/mu;
const plain: Paint = (_, text) => text;

const scheduled = { eventId: evil, eventType: evil, resources: [evil, `${evil}2`], eventSource: evil };
const lines = [
  [0, "scheduledevent.scheduled", { ...scheduled, noticeMs: 900_000, notBefore: null }],
  [1, "scheduledevent.updated", { ...scheduled, changed: [evil] }],
  [2, "scheduledevent.approved", { ...scheduled, approval: { by: "command", user: evil } }],
  [3, "scheduledevent.completed", { ...scheduled, outcome: "removed-before-start" }],
  [4, "agent.started", { vm: { name: evil } }],
  [5, "agent.stalled", { gapMs: 1, scheduledEvent: { eventType: evil, durationSeconds: 9 } }],
  [6, "instance.changed", { changes: [{ path: `/compute/tags/${evil}`, from: evil, to: evil }] }],
  [7, "imds.unreachable", { message: evil }],
  [8, "sink.paused", { sink: "ops", message: evil }],
  [9, `yet.${evil}`, {}],
] as const;
const envelopes = lines.map((line, seq) => {
  const { json, ...entry } = historyEntry(line);
  return { ...entry, seq, event: JSON.parse(json ?? "") as ForewarnEvent } as unknown as Envelope;
});

const dead = { reason: "rejected", message: evil, status: evil, excerpt: evil, first: 0, last: 1 } as const;
const passage = { sink: "ops", state: "dead", at: 1, afterMs: 1, attempts: 1, dead } as unknown as Passage;
const view = historyView(...lines.map(([at, type, data]) => [at, type, data, [passage]] as const));
const gone = { ...view, entries: view.entries.map((entry) => ({ ...entry, json: null })) };
const letters = [...view.entries, ...gone.entries].map(
  (entry) => ({ ...entry, ...dead, sink: "ops", attempts: 1, at: 1, place: 1 }) as Letter,
);

const entry = entryOf({
  ...scheduled,
  eventStatus: evil,
  notBefore: null,
  notBeforeRaw: evil,
  description: evil,
});
const sink = { name: "ops", state: "working", lastError: { at: "2026-11-22T20:00:00.000Z", message: evil } };
const status = {
  version: evil,
  now: "2026-11-22T20:00:00.000Z",
  uptimeMs: 1,
  problems: [evil],
  imds: { state: "failing", lastGoodPoll: null, scheduledEvents: 1, badAnswers: {}, partialDocuments: 0 },
  outbox: { directory: evil, degraded: false, bytes: 1 },
  sinks: [{ ...sink, oldestUndelivered: null }],
} as unknown as AgentStatus;

/** What is written by work that is given an `io`. */
function written(work: (io: Parameters<typeof eventLines>[0]) => void): string {
  let text = "";
  const output = { write: (more: string) => (text += more) };
  work({ stdout: output, stderr: output, env: {}, cwd: "/" });
  return text;
}

const printers: Readonly<Record<string, () => string>> = {
  "run --print": () =>
    written((io) => {
      const telemetry = new EventEmitter() as Telemetry;
      const end = printEvents(telemetry, 2, io, false);
      telemetry.emit("appended", envelopes);
      telemetry.emit("delivered", { sink: "a", envelopes, attempt: 1, ms: 1 });
      end();
      telemetry.emit("delivered", { sink: "b", envelopes, attempt: 1, ms: 1 });
    }),
  tap: () =>
    written((io) => {
      const printer = createEventPrinter(1, io);
      for (const { seq, event } of envelopes) printer.stored(seq, event);
      printer.end();
    }),
  "run --simulate": () => {
    const telemetry = new EventEmitter() as Telemetry;
    const counted = tally(telemetry);
    telemetry.emit("appended", envelopes);
    const report = { sink: "ops", delivered: 1, left: 0, lost: 0, dead: 0 } as EndReport;
    const received = { received: 0, verified: 0, refused: 0, duplicates: 0 };
    return summaryText(counted.summary([report], received), new Map([["ops", evil]]));
  },
  history: () => historyText(view, plain) + historyText(gone, plain),
  "history --format csv": () =>
    historyCsv(view)
      .replaceAll("\r\n", "\n")
      .replaceAll(/"[^"]*"/g, (cell) => cell.replaceAll("\n", " ")),
  "dead-letters list": () => lettersText(letters, plain),
  "dead-letters show": () => letters.map((letter) => letterText(letter, nineOClock, plain)).join("\n"),
  "a log that is read by people": () =>
    written((io) => {
      const log = createLogger({ level: "info", format: "pretty" }, io, (text) => text);
      log.warn(evil, { evil });
    }),
  status: () => statusText(status, plain),
  "status without an agent": () =>
    glanceText(
      { running: false, lastGoodPoll: 1, sinks: [{ name: evil, pending: 1, oldest: 1, deadLetters: 1 }] },
      { path: "/var/lib/forewarn", now: nineOClock, configured: [] },
    ),
  doctor: () => findingText({ check: "azure", mark: "fail", text: evil, cure: evil }, plain),
  events: () =>
    [evil, "other", null]
      .flatMap((ownName) =>
        [40, 400].flatMap((columns) => eventsTable({ entries: [entry], ownName, now: 1 }, plain, columns)),
      )
      .join("\n"),
  "events --watch": () =>
    written((io) => {
      const screen = eventLines(io);
      const was = { eventStatus: evil, resources: [evil], notBefore: 1 };
      const changes = (["appeared", "changed", "gone"] as const).map((change) => ({ change, entry, was }));
      screen.seen({ entries: [entry], ownName: evil, now: 1 }, changes);
      screen.failed({ message: evil } as ImdsError, 1, 1);
    }),
};

test.each(Object.entries(printers))("nothing of an event steers a terminal: %s", (_, print) => {
  const text = print();
  expect(text).toContain("FORGED");
  expect(text).not.toMatch(unruly);
});

describe("nor does what Azure announces", () => {
  const announced = {
    DocumentIncarnation: 1,
    Events: [
      ["A", "Scheduled", ["web-01"]],
      ["B", evil, ["web-01"]],
      ["C", "Scheduled", ["web-01", evil]],
      ["D", "Scheduled", [evil, "db"]],
    ].map(([EventId, EventStatus, Resources]) => ({
      EventId,
      EventStatus,
      Resources,
      EventType: evil,
      EventSource: evil,
      NotBefore: "",
      ResourceType: "VirtualMachine",
      Description: evil,
    })),
  };

  test.each([
    [approve, ["A", "--dry-run"], 0],
    [approve, ["B", "--dry-run"], 1],
    [approve, ["C", "--dry-run"], 1],
    [approve, ["D", "--dry-run"], 1],
    [approve, ["E"], 1],
    [events, [], 0],
  ] as const)("%#", async (command, line, code) => {
    await using simulator = await startSimulator({ vm: { name: "web-01" } });
    const answer = { status: 200, headers: { "Content-Type": "application/json" } };
    simulator.fail({
      fault: { ...answer, body: JSON.stringify(announced) },
      path: "/metadata/scheduledevents",
    });
    const env = { FOREWARN_IMDS_ENDPOINT: simulator.url };
    const said = await told(command, line, { env });
    expect(said.code).toBe(code);
    expect(said.stdout + said.stderr).toContain("FORGED");
    expect(said.stdout + said.stderr).not.toMatch(unruly);
  });
});
