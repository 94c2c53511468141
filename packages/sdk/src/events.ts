import { type TSchema, Type } from "typebox";
import { attributes, dataSchemaUrl } from "./event.ts";
import { InstanceChangedData, type InstanceEvent, InstanceObservedData } from "./instance-event.ts";
import {
  AgentDegradedData,
  type AgentEvent,
  AgentHeartbeatData,
  AgentRestoredData,
  AgentStalledData,
  AgentStartedData,
  AgentStoppedData,
  type ImdsEvent,
  ImdsRecoveredData,
  ImdsUnreachableData,
  type SinkEvent,
  SinkPausedData,
  SinkResumedData,
} from "./own-event.ts";
import { phaseSummaries, phases, type ScheduledEvent, ScheduledEventData } from "./scheduled-event.ts";
import type { Severity } from "./severity.ts";

/** Everything that Forewarn emits. */
export type ForewarnEvent = ScheduledEvent | InstanceEvent | ImdsEvent | AgentEvent | SinkEvent;

/** The `type` of an event. */
export type EventType = ForewarnEvent["type"];

/** One kind of event: the source of its TypeScript type, its JSON Schema and its row in `docs/events.md`. */
export interface EventDeclaration {
  readonly type: EventType;
  readonly summary: string;
  /** The severity of an event of this type; scheduled events have their own `impact`. */
  readonly severity: Severity | "impact";
  /** The name of the schema of `data`, shared by types that carry the same. */
  readonly schema: string;
  readonly data: TSchema;
}

const told: ReadonlySet<string> = new Set(["scheduled", "updated", "started"]);

const scheduledEvents = phases.map((phase): EventDeclaration => ({
  type: `io.forewarn.scheduledevent.${phase}`,
  summary: phaseSummaries[phase],
  severity: told.has(phase) ? "impact" : "info",
  schema: "scheduledevent",
  data: ScheduledEventData,
}));

const own = (name: string, severity: Severity, data: TSchema, summary: string): EventDeclaration => ({
  type: `io.forewarn.${name}` as EventType,
  summary,
  severity,
  schema: name,
  data,
});

/** Every kind of event that Forewarn emits. */
export const eventDeclarations: readonly EventDeclaration[] = [
  ...scheduledEvents,
  own(
    "instance.observed",
    "info",
    InstanceObservedData,
    "The whole instance document without secrets: at the start, and every `metadata.heartbeat`.",
  ),
  own("instance.changed", "info", InstanceChangedData, "Tags, size, disks, network, … of the VM changed."),
  own(
    "imds.unreachable",
    "warn",
    ImdsUnreachableData,
    "No good answer of IMDS for longer than `imds.unreachableAfter`.",
  ),
  own("imds.recovered", "info", ImdsRecoveredData, "IMDS answers again."),
  own("agent.started", "info", AgentStartedData, "The agent began to watch; says for how long nobody did."),
  own("agent.stopped", "info", AgentStoppedData, "The agent stopped, as asked."),
  own(
    "agent.heartbeat",
    "info",
    AgentHeartbeatData,
    "The agent is alive: every `heartbeat`, where that is set.",
  ),
  own(
    "agent.stalled",
    "warn",
    AgentStalledData,
    "The process stood still: the VM was frozen or suspended, or its clock was set forward.",
  ),
  own(
    "agent.degraded",
    "error",
    AgentDegradedData,
    "Events are kept only in memory, or the outbox was damaged.",
  ),
  own("agent.restored", "info", AgentRestoredData, "Events are kept on disk again."),
  own(
    "sink.paused",
    "error",
    SinkPausedData,
    "A sink cannot work until a person acts; told to the other sinks.",
  ),
  own("sink.resumed", "info", SinkResumedData, "A paused sink works again; told to the other sinks."),
];

/** The JSON Schema of a whole event, attributes and data. */
export function eventSchema(declaration: EventDeclaration): TSchema {
  return Type.Object({
    ...attributes,
    type: Type.Literal(declaration.type),
    dataschema: Type.Literal(dataSchemaUrl(declaration.schema)),
    data: declaration.data,
  });
}

/** Whether an event tells a phase of a scheduled event. */
export function isScheduledEvent(event: ForewarnEvent): event is ScheduledEvent {
  return event.type.startsWith("io.forewarn.scheduledevent.");
}
