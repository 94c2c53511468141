import { describeChanges, describeVm } from "./describe-instance.ts";
import { nameOfVm } from "./event.ts";
import { type ForewarnEvent, isScheduledEvent } from "./events.ts";
import { listed, oneLine } from "./plain-text.ts";
import type { ApprovalOrigin, ScheduledEvent, ScheduledEventOutcome } from "./scheduled-event.ts";
import { formatDuration } from "./units.ts";

/**
 * What an event says to a person, in one line; plain text of the event's own words, without control characters and marks
 * of writing direction, to be escaped for its target.
 */
export interface Description {
  /** One word or two: `SCHEDULED`, `STARTED`, `SINK PAUSED`, … */
  readonly what: string;
  readonly text: string;
}

/** How a description writes a moment, given in RFC 3339. */
export type WriteTime = (time: string) => string;

/** A scale set may have hundreds of VMs in one event. */
const mostNames = 5;

const outcomes: Readonly<Record<ScheduledEventOutcome, string>> = {
  "removed-after-approval": "gone after it was approved",
  "removed-before-start": "gone before it could start",
  "removed-after-notbefore": "gone after its time, its start was not seen",
  "notbefore-unknown": "gone, its time was never known",
  "not-observed": "gone while nobody watched",
  "machine-restarted": "the machine was restarted while nobody watched",
};

/** Puts an event into words; times as `writeTime` writes them, else as they are, in RFC 3339. */
export function describeEvent(event: ForewarnEvent, writeTime: WriteTime = (time) => time): Description {
  const { what, text } = descriptionOf(event, writeTime);
  return { what: oneLine(what), text: oneLine(text) };
}

function descriptionOf(event: ForewarnEvent, writeTime: WriteTime): Description {
  if (isScheduledEvent(event))
    return { what: event.data.phase.toUpperCase(), text: describeScheduled(event, writeTime) };
  switch (event.type) {
    case "io.forewarn.agent.started":
      return { what: "AGENT STARTED", text: `watching ${nameOfVm(event.data.vm) ?? "this machine"}` };
    case "io.forewarn.agent.stopped":
      return { what: "AGENT STOPPED", text: `after ${formatDuration(event.data.uptimeMs)}` };
    case "io.forewarn.agent.heartbeat":
      return { what: "HEARTBEAT", text: describeHeartbeat(event.data) };
    case "io.forewarn.agent.stalled":
      return { what: "STALLED", text: describeStall(event.data) };
    case "io.forewarn.instance.observed":
      return { what: "INSTANCE", text: describeVm(event.data.vm) };
    case "io.forewarn.instance.changed":
      return { what: "CHANGED", text: describeChanges(event.data.changes) };
    case "io.forewarn.imds.unreachable":
      return { what: "IMDS AWAY", text: event.data.message };
    case "io.forewarn.imds.recovered":
      return { what: "IMDS BACK", text: `after ${formatDuration(event.data.downMs)}` };
    case "io.forewarn.sink.paused":
      return { what: "SINK PAUSED", text: `${event.data.sink}: ${event.data.message}` };
    case "io.forewarn.agent.degraded":
      return { what: "DEGRADED", text: event.data.message };
    case "io.forewarn.agent.restored":
      return { what: "RESTORED", text: `after ${formatDuration(event.data.degradedMs)}` };
    case "io.forewarn.sink.resumed":
      return {
        what: "SINK RESUMED",
        text: `${event.data.sink}, after ${formatDuration(event.data.pausedMs)}`,
      };
    default:
      return unknownEvent(event);
  }
}

/** An outbox may hold an event of a newer version's. */
function unknownEvent({ type }: { readonly type: string } & never): Description {
  return { what: "EVENT", text: type };
}

function describeScheduled({ data }: ScheduledEvent, writeTime: WriteTime): string {
  const by = data.eventSource === "User" ? "asked for by a user" : "by Azure";
  const subject = `${data.eventType} of ${vmsOf(data)}`;
  const lasts = data.durationSeconds === null ? "" : `, expected to last ${data.durationSeconds} s`;
  const due = dueAt(data.notBefore === null ? null : writeTime(data.notBefore), data.noticeMs);
  switch (data.phase) {
    case "scheduled":
      return `${subject} ${due}, ${by}${lasts}`;
    case "updated":
      return `${subject}: ${data.changed?.join(", ") ?? "content"} changed, ${due}`;
    case "started":
      return `${subject}, ${by}${noticed(data.noticeMs)}${lasts}`;
    case "approved":
      return `${subject} may start now, by ${describeApproval(data.approval)}`;
    default:
      return `${subject}${data.outcome === undefined ? "" : `: ${outcomes[data.outcome]}`}`;
  }
}

/** The VMs as Azure names them; of many some, with the event's own VM first. */
function vmsOf({ resources, vm }: ScheduledEvent["data"]): string {
  if (resources.length <= mostNames) return resources.join(", ");
  const isOwn = (name: string) => name.toLowerCase() === vm.name?.toLowerCase();
  return listed([...resources.filter(isOwn), ...resources.filter((name) => !isOwn(name))], mostNames);
}

/** Who approved, in a few words: `the policy (after drain)`, `alice with forewarn approve`. */
export function describeApproval(origin: ApprovalOrigin | undefined): string {
  if (origin === undefined) return "somebody";
  const { by, rule, user } = origin;
  if (by === "command") return `${user ?? "a person"} with forewarn approve`;
  return rule === undefined ? "the policy" : `the policy (${rule})`;
}

type DataOf<Type> = Extract<ForewarnEvent, { readonly type: Type }>["data"];

function describeHeartbeat({ uptimeMs, sinks }: DataOf<"io.forewarn.agent.heartbeat">): string {
  const behind = sinks.filter(({ pending }) => pending !== 0);
  const waiting = behind.map(({ name, pending }) => `${pending ?? "?"} for ${name}`).join(", ");
  return `up for ${formatDuration(uptimeMs)}, ${waiting === "" ? "nothing waits" : `waiting: ${waiting}`}`;
}

function describeStall({ gapMs, clock, scheduledEvent }: DataOf<"io.forewarn.agent.stalled">): string {
  const stood = `stood still for ${formatDuration(gapMs)}`;
  const doubt = clock === "wall" ? ", or its clock was set" : "";
  if (scheduledEvent === null) return stood + doubt;
  const { eventType, durationSeconds } = scheduledEvent;
  return durationSeconds === null
    ? `${stood}, in Azure's ${eventType}${doubt}`
    : `${stood}${doubt}; Azure expected ${durationSeconds} s for its ${eventType}`;
}

function dueAt(time: string | null, noticeMs: number | null): string {
  if (time === null) return "at a time that Azure does not say";
  return noticeMs === null || noticeMs < 0
    ? `not before ${time}`
    : `in ${formatDuration(noticeMs)}, not before ${time}`;
}

function noticed(noticeMs: number | null): string {
  if (noticeMs === null) return "";
  return noticeMs === 0 ? ", without notice" : `, ${formatDuration(noticeMs)} after it was announced`;
}
