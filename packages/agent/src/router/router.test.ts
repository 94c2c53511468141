import type { ForewarnEvent, Severity, When } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import type { EventDraft } from "../normalize/draft.ts";
import { encode } from "../outbox/tables/encode.ts";
import { draft, now, observer } from "../outbox/fixtures/draft.ts";
import { ownEvent } from "../source/own-event.ts";
import { createRoute } from "./router.ts";

const phases = ["scheduled", "updated", "approved", "started", "completed", "canceled", "ended"] as const;

/** A phase of a scheduled event, told with the severity that its phase has. */
function scheduledEvent(
  phase: (typeof phases)[number],
  { impact = "error", eventType = "Reboot", affectsSelf = true as boolean | null } = {},
): ForewarnEvent {
  const told = ["scheduled", "updated", "started"].includes(phase);
  const event = draft("a", {
    type: `io.forewarn.scheduledevent.${phase}`,
    severity: told ? (impact as Severity) : "info",
    affectsSelf,
    data: { eventType, impact } as unknown as EventDraft["data"],
  });
  return encode(event, observer, 1, event.id);
}

const own = (...about: Parameters<typeof ownEvent>) => encode(ownEvent(...about), observer, 1, "id");
const started = own("io.forewarn.agent.started", now, { version: "0", lastGoodPoll: null, gapMs: null });
const unreachable = own("io.forewarn.imds.unreachable", now, {
  since: "",
  code: "timeout",
  message: "",
  lastGoodPoll: null,
});
const paused = (sink: string) =>
  own("io.forewarn.sink.paused", now, { sink, reason: "misconfigured", message: "" });
const resumed = (sink: string) => own("io.forewarn.sink.resumed", now, { sink, pausedMs: 1 });

const wants = (when: When, event: ForewarnEvent, sink = "ops") =>
  createRoute(sink, when)({ type: event.type, event });

describe("scope", () => {
  test.each<[When["scope"], boolean | null, boolean]>([
    ["self", true, true],
    ["self", false, false],
    ["self", null, true],
    ["all", true, true],
    ["all", false, true],
    ["all", null, true],
    [undefined, false, true],
  ])("%s, affectsself %s: %s", (scope, affectsSelf, expected) => {
    const when = scope === undefined ? {} : { scope };
    expect(wants(when, scheduledEvent("scheduled", { affectsSelf }))).toBe(expected);
  });

  test("what Forewarn says of itself affects self", () => {
    for (const event of [started, unreachable, paused("other")])
      expect(wants({ scope: "self" }, event)).toBe(true);
  });
});

describe("types", () => {
  const type = "io.forewarn.scheduledevent.scheduled";

  test.each<[readonly string[], boolean]>([
    [[type], true],
    [["io.forewarn.scheduledevent.*"], true],
    [["*"], true],
    [["*.scheduled"], true],
    [["io.*.scheduled"], true],
    [["io.forewarn.*event.sched*"], true],
    [["io.forewarn.agent.*", "io.forewarn.scheduledevent.*"], true],
    [["io.forewarn.agent.*"], false],
    [["scheduledevent.*"], false],
    [["io.forewarn.scheduledevent"], false],
    [["io.forewarn.scheduledevent.schedule"], false],
    [["io.forewarn.scheduledevent.scheduled.*"], false],
    [["io.forewarn.scheduledevent.ended"], false],
    [["IO.FOREWARN.*"], false],
    [["io?forewarn?*"], false],
    [["io.forewarn.scheduledevent.(scheduled|ended)"], false],
    [["io.forewarn.[a-z]+.scheduled"], false],
    [["ioXforewarn.scheduledevent.scheduled"], false],
    [[String.raw`io\.forewarn.*`], false],
  ])("%j: %s", (types, expected) => {
    expect(wants({ types: [...types] }, scheduledEvent("scheduled"))).toBe(expected);
  });

  test("an event is parsed only where its type does not decide", () => {
    const unread = {
      type: "io.forewarn.agent.started",
      get event(): ForewarnEvent {
        throw new Error("parsed");
      },
    };
    const types = ["io.forewarn.scheduledevent.*"];
    expect(createRoute("ops", { types, scope: "self", minSeverity: "warn" })(unread)).toBe(false);
    expect(createRoute("ops", {})(unread)).toBe(true);
  });
});

describe("minSeverity", () => {
  const severities = ["info", "warn", "error"] as const;

  test.each(phases)("%s is compared by impact, so that what was opened is closed", (phase) => {
    const told = severities.map((minSeverity) =>
      severities.map((impact) => wants({ minSeverity }, scheduledEvent(phase, { impact }))),
    );
    expect(told).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
    ]);
  });

  test("other events by their severity", () => {
    const events = [started, unreachable, paused("other")];
    const told = severities.map((minSeverity) => events.map((event) => wants({ minSeverity }, event)));
    expect(told).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
    ]);
  });
});

describe("eventTypes", () => {
  test.each(["Reboot", "reboot", "REBOOT"])("%s, in any case", (eventType) => {
    const when: When = { eventTypes: ["Preempt", eventType] };
    expect(wants(when, scheduledEvent("started", { eventType: "reBoot" }))).toBe(true);
    expect(wants(when, scheduledEvent("started", { eventType: "Freeze" }))).toBe(false);
    expect(wants(when, scheduledEvent("started", { eventType: "Reboots" }))).toBe(false);
  });

  test("other events than scheduled events do not match", () => {
    expect(wants({ eventTypes: ["Reboot"] }, started)).toBe(false);
  });
});

describe("filters", () => {
  const event = scheduledEvent("started", { impact: "warn" });

  test.each<[When["filters"], boolean]>([
    [[], true],
    [[{ suffix: { type: ".started" } }], true],
    [[{ suffix: { type: ".started" } }, { exact: { severitytext: "INFO" } }], false],
    [[{ any: [{ exact: { severitytext: "WARN" } }, { exact: { severitytext: "ERROR" } }] }], true],
    [[{ not: { prefix: { type: "io.forewarn.scheduledevent." } } }], false],
    [[{ exact: { affectsself: "true", datacontenttype: "application/json" } }], true],
  ])("%j: %s", (filters = [], expected) => {
    expect(wants({ filters }, event)).toBe(expected);
  });
});

describe("all together", () => {
  test("nothing given wants everything", () => {
    for (const event of [scheduledEvent("ended", { affectsSelf: false }), started, paused("other")])
      expect(wants({}, event)).toBe(true);
  });

  test.each<[When, boolean]>([
    [{}, true],
    [{ scope: "all" }, false],
    [{ types: ["io.forewarn.agent.*"] }, false],
    [{ minSeverity: "error" }, false],
    [{ eventTypes: ["Freeze"] }, false],
    [{ filters: [{ suffix: { type: ".ended" } }] }, false],
  ])("every part must hold: with %j it is %s", (part, expected) => {
    const when: When = {
      types: ["io.forewarn.scheduledevent.*"],
      minSeverity: "warn",
      eventTypes: ["Reboot"],
      filters: [{ suffix: { type: ".started" } }],
    };
    const affectsSelf = part.scope !== "all";
    const event = scheduledEvent("started", { impact: "warn", affectsSelf });
    expect(wants({ ...when, ...part, scope: "self" }, event)).toBe(expected);
  });
});

describe("what Forewarn says of a sink", () => {
  test.each([paused, resumed])("goes to the others, never to the sink itself", (about) => {
    for (const when of [{}, { scope: "self" }, { types: ["io.forewarn.sink.*"] }] satisfies When[]) {
      expect(wants(when, about("ops"))).toBe(false);
      expect(wants(when, about("audit"))).toBe(true);
      expect(wants(when, about("ops2"))).toBe(true);
    }
  });
});
