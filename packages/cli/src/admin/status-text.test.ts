import type { AgentStatus } from "@forewarn/agent";
import { expect, test } from "vitest";
import { paintFor } from "../log/color.ts";
import { glanceText, statusText } from "./status-text.ts";

const sink: AgentStatus["sinks"][number] = {
  name: "ops",
  state: "working",
  since: "2026-11-22T19:00:00.000Z",
  delivered: 12,
  dead: 1,
  deadlineMissed: 2,
  pending: 3,
  oldestUndelivered: "2026-11-22T19:58:00.000Z",
  parked: 1,
  lastDelivered: "2026-11-22T19:59:59.000Z",
  lastError: { at: "2026-11-22T19:59:00.000Z", message: "answered 503" },
};

const status: AgentStatus = {
  version: "1.2.3",
  now: "2026-11-22T20:00:00.000Z",
  startedAt: "2026-11-22T19:00:00.000Z",
  uptimeMs: 3_600_000,
  healthy: false,
  problems: ["sink working is paused: answered 403"],
  imds: {
    state: "answering",
    lastGoodPoll: "2026-11-22T19:59:59.000Z",
    failures: 0,
    code: null,
    message: null,
    scheduledEvents: 1,
    badAnswers: {},
    partialDocuments: 0,
  },
  outbox: { directory: "/var/lib/forewarn", degraded: false, trouble: null, damage: null, bytes: 1_234_567 },
  sinks: [sink, { ...sink, name: "working", state: "paused", pending: null, oldestUndelivered: null }],
};

const paint = (env: Readonly<Record<string, string>>) => paintFor({ write() {} }, env);

test("what is, what is wrong, each sink, and the last error of those that work", () => {
  expect(statusText(status, paint({}))).toBe(`forewarn 1.2.3, up 1 h: degraded
  ! sink working is paused: answered 403

IMDS    answering, last good poll 1 s ago, 1 scheduled event
outbox  on disk in /var/lib/forewarn, 1.2 MB

SINK     STATE    DELIVERED  PENDING  OLDEST  PARKED  DEAD  LATE
ops      working  12         3        2 min   1       1     2
working  paused   12         ?        -       1       1     2
ops: last error 1 min ago: answered 503
`);
});

test("bad answers of IMDS by endpoint and class, with those in a row now", () => {
  const imds: AgentStatus["imds"] = {
    ...status.imds,
    state: "failing",
    failures: 2,
    code: "not-json",
    badAnswers: {
      scheduledevents: { inARow: 2, byClass: { "not-json": 7, timeout: 1 } },
      instance: { inARow: 0, byClass: { "wrong-shape": 1 } },
    },
    partialDocuments: 3,
  };
  expect(statusText({ ...status, imds }, paint({}))).toContain(
    `
IMDS    failing, last good poll 1 s ago, 1 scheduled event
        bad answers of scheduledevents: not-json 7, timeout 1 (2 in a row now)
        bad answers of instance: wrong-shape 1
        documents with an entry that could not be read: 3
outbox  on disk`,
  );
});

test("colours mark the state, never the name of a sink that is called like one", () => {
  const text = statusText(status, paint({ FORCE_COLOR: "1" }));
  expect(text).toContain("working  \u001B[31mpaused\u001B[39m");
  expect(text).toContain("ops      \u001B[32mworking\u001B[39m");
  expect(statusText(status, paint({ NO_COLOR: "1" }))).not.toContain("\u001B");
});

test("what the state directory tells", () => {
  const now = Date.parse(status.now);
  const sinks = [{ name: "ops", pending: 2, oldest: now - 60_000, deadLetters: 0 }];
  const glance = { running: false, lastGoodPoll: now - 1000, sinks };
  expect(glanceText(glance, { path: "/var/lib/forewarn", now, configured: ["ops"] }))
    .toBe(`From the state directory /var/lib/forewarn: no agent is running.
last good poll  1 s ago

SINK  PENDING  OLDEST  DEAD
ops   2        1 min   0
`);
  const note = "\nops: not in the configuration; its place is kept until it is put back\n";
  expect(glanceText(glance, { path: "/var/lib/forewarn", now, configured: ["other"] })).toContain(note);
  expect(glanceText(glance, { path: "/var/lib/forewarn", now, configured: null })).not.toContain("ops:");
});
