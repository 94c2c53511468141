import { describe, expect, it } from "vitest";
import { createAjv } from "./ajv.ts";
import { dataSchemaUrl } from "./event.ts";
import {
  type AgentEvent,
  type EventAttributes,
  type EventDeclaration,
  type ForewarnEvent,
  type ImdsEvent,
  type InstanceEvent,
  type ScheduledEventData,
  type ScheduledEventPhase,
  type SinkEvent,
  decodeStructured,
  encodeStructured,
  eventDeclarations,
  eventSchema,
  isScheduledEvent,
} from "./sdk.ts";

const vm = {
  name: "vm-é",
  vmId: "00000000-0000-0000-0000-000000000001",
  resourceId: null,
  subscriptionId: null,
  resourceGroup: null,
  location: "westeurope",
  zone: null,
  size: "Standard_D2s_v5",
  scaleSet: null,
  tags: { env: "prod" },
};

const at = "2026-11-22T20:00:00.000Z";

const scheduled: ScheduledEventData = {
  eventId: "C7061BAC-AFDC-4513-B24B-AA5F13A16123",
  occurrence: 1,
  eventType: "Freeze",
  status: "Scheduled",
  phase: "scheduled",
  eventSource: "Platform",
  resourceType: "VirtualMachine",
  resources: ["vm-é"],
  affectsSelf: true,
  notBefore: "2026-11-22T20:15:00Z",
  notBeforeRaw: "Sun, 22 Nov 2026 20:15:00 GMT",
  noticeMs: 900_000,
  durationSeconds: 9,
  description: "",
  documentIncarnation: 3,
  impact: "warn",
  vm,
};

type OwnEvent = InstanceEvent | ImdsEvent | AgentEvent | SinkEvent;

/** A sample of the data of each type that is not a scheduled event's. */
const own: { readonly [T in OwnEvent["type"]]: Extract<OwnEvent, { type: T }>["data"] } = {
  "io.forewarn.instance.observed": { reason: "start", instance: { compute: { vmSize: "x" } }, vm },
  "io.forewarn.instance.changed": {
    changes: [{ path: "/compute/tags/env", from: null, to: "prod" }],
    since: at,
    vm,
  },
  "io.forewarn.agent.heartbeat": {
    version: "0.1.0",
    uptimeMs: 1,
    lastGoodPoll: null,
    polls: { good: 0, bad: 1 },
    events: 0,
    sinks: [{ name: "ops", pending: null, oldestUndelivered: at }],
    vm,
  },
  "io.forewarn.agent.stalled": { gapMs: 1, clock: "wall", since: at, scheduledEvent: null, vm },
  "io.forewarn.imds.unreachable": { since: at, code: "timeout", message: "m", lastGoodPoll: null, vm },
  "io.forewarn.imds.recovered": { since: at, downMs: 1, vm },
  "io.forewarn.agent.started": { version: "0.1.0", lastGoodPoll: at, gapMs: null, vm },
  "io.forewarn.agent.stopped": { version: "0.1.0", uptimeMs: 0, vm },
  "io.forewarn.agent.degraded": { reason: "damage", message: "m", kept: "/x", salvaged: 3, vm },
  "io.forewarn.agent.restored": { degradedMs: 5, vm },
  "io.forewarn.sink.paused": { sink: "ops", reason: "misconfigured", message: "m", vm },
  "io.forewarn.sink.resumed": { sink: "ops", pausedMs: 5, vm },
};

function sampleOf(declaration: EventDeclaration): ForewarnEvent {
  const phase = declaration.type.split(".").at(-1) as ScheduledEventPhase;
  const attributes: EventAttributes = {
    specversion: "1.0",
    id: "1",
    source: "urn:uuid:00000000-0000-0000-0000-000000000001",
    time: at,
    datacontenttype: "application/json",
    dataschema: dataSchemaUrl(declaration.schema),
    severitynumber: 9,
    severitytext: "INFO",
    sequence: "00000000000000000001",
  };
  const data = own[declaration.type as OwnEvent["type"]] ?? { ...scheduled, phase };
  return { ...attributes, type: declaration.type, data } as ForewarnEvent;
}

describe.each(eventDeclarations)("$type", (declaration) => {
  const valid = createAjv().compile(eventSchema(declaration));
  const sample = sampleOf(declaration);

  it("compiles in strict mode and takes a valid event", () => {
    valid(structuredClone(sample));
    expect(valid.errors).toBeNull();
  });

  it("is a CloudEvent that survives its JSON text", () => {
    expect(decodeStructured(encodeStructured(sample))).toEqual(sample);
  });

  it("refuses another type, another schema, and each required member's absence", () => {
    expect(valid({ ...sample, type: "io.forewarn.unknown" })).toBe(false);
    expect(valid({ ...sample, dataschema: dataSchemaUrl("other") })).toBe(false);
    const needless = Object.keys(sample).filter((name) => {
      const { [name as "id"]: _, ...rest } = structuredClone(sample);
      return valid(rest);
    });
    expect(needless).toEqual([]);
    const { vm: _, ...withoutVm } = sample.data;
    expect(valid({ ...sample, data: withoutVm })).toBe(false);
  });

  it("refuses malformed attributes", () => {
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { time: "yesterday" },
      { id: "" },
      { severitynumber: 0 },
      { severitytext: "info" },
      { sequence: "1" },
      { affectsself: "true" },
      { notbefore: "soon" },
    ];
    expect(wrong.filter((attribute) => valid({ ...structuredClone(sample), ...attribute }))).toEqual([]);
  });
});

it("types are unique, in one namespace, each with a sentence", () => {
  const types = eventDeclarations.map((declaration) => declaration.type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type, summary } of eventDeclarations) {
    expect(type).toMatch(/^io\.forewarn\.[a-z]+\.[a-z]+$/);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  }
});

it("only what may come true has the severity of its impact", () => {
  const ofImpact = eventDeclarations.filter(({ severity }) => severity === "impact").map(({ type }) => type);
  expect(ofImpact).toEqual([
    "io.forewarn.scheduledevent.scheduled",
    "io.forewarn.scheduledevent.updated",
    "io.forewarn.scheduledevent.started",
  ]);
});

it("isScheduledEvent tells the phases from all else", () => {
  for (const declaration of eventDeclarations) {
    expect(isScheduledEvent(sampleOf(declaration))).toBe(declaration.schema === "scheduledevent");
  }
});
