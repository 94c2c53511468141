import {
  type ForewarnEvent,
  formatDuration,
  isScheduledEvent,
  type ScheduledEvent,
  type ScheduledEventOutcome,
} from "@forewarn/sdk";
import { clockTime } from "../log/logger.ts";

/** What an event says to a person, in one line. */
export interface Description {
  /** One word: `SCHEDULED`, `STARTED`, `PAUSED`, … */
  readonly what: string;
  readonly text: string;
}

const outcomes: Readonly<Record<ScheduledEventOutcome, string>> = {
  "removed-after-approval": "gone after it was approved",
  "removed-before-start": "gone before it could start",
  "removed-after-notbefore": "gone after its time, its start was not seen",
  "notbefore-unknown": "gone, its time was never known",
  "not-observed": "gone while nobody watched",
  "machine-restarted": "the machine was restarted while nobody watched",
};

/** Puts an event into words. */
export function describeEvent(event: ForewarnEvent): Description {
  if (isScheduledEvent(event))
    return { what: event.data.phase.toUpperCase(), text: describeScheduled(event) };
  switch (event.type) {
    case "io.forewarn.agent.started":
      return { what: "AGENT STARTED", text: `watching ${event.data.vm.name ?? "this machine"}` };
    case "io.forewarn.agent.stopped":
      return { what: "AGENT STOPPED", text: `after ${formatDuration(event.data.uptimeMs)}` };
    case "io.forewarn.imds.unreachable":
      return { what: "IMDS AWAY", text: event.data.message };
    case "io.forewarn.imds.recovered":
      return { what: "IMDS BACK", text: `after ${formatDuration(event.data.downMs)}` };
    case "io.forewarn.sink.paused":
      return { what: "SINK PAUSED", text: `${event.data.sink}: ${event.data.message}` };
    case "io.forewarn.sink.resumed":
      return {
        what: "SINK RESUMED",
        text: `${event.data.sink}, after ${formatDuration(event.data.pausedMs)}`,
      };
  }
}

function describeScheduled({ data }: ScheduledEvent): string {
  const by = data.eventSource === "User" ? "asked for by a user" : "by Azure";
  const subject = `${data.eventType} of ${data.resources.join(", ")}`;
  const lasts = data.durationSeconds === null ? "" : `, expected to last ${data.durationSeconds} s`;
  switch (data.phase) {
    case "scheduled":
      return `${subject} ${due(data.notBefore, data.noticeMs)}, ${by}${lasts}`;
    case "updated":
      return `${subject}: ${data.changed?.join(", ") ?? "content"} changed, ${due(data.notBefore, data.noticeMs)}`;
    case "started":
      return `${subject}, ${by}${noticed(data.noticeMs)}${lasts}`;
    default:
      return `${subject}${data.outcome === undefined ? "" : `: ${outcomes[data.outcome]}`}`;
  }
}

function due(notBefore: string | null, noticeMs: number | null): string {
  if (notBefore === null) return "at a time that Azure does not say";
  const at = clockTime(new Date(notBefore));
  return noticeMs === null || noticeMs < 0
    ? `not before ${at}`
    : `in ${formatDuration(noticeMs)}, not before ${at}`;
}

function noticed(noticeMs: number | null): string {
  if (noticeMs === null) return "";
  return noticeMs === 0 ? ", without notice" : `, ${formatDuration(noticeMs)} after it was announced`;
}
