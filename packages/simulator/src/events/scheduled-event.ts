import { randomUUID } from "node:crypto";

/** The event types that Azure documents (Azure docs: Scheduled Events, event properties). */
export type EventType = "Freeze" | "Reboot" | "Redeploy" | "Preempt" | "Terminate";

/** A string that may also be a value Azure has not documented, so that tests can serve it. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** One event as it stands on the wire at api-version 2020-07-01, in Azure's own key order. */
export interface ScheduledEvent {
  /** A GUID in upper-case hex, the same from Scheduled to Started. */
  readonly EventId: string;
  readonly EventStatus: Open<"Scheduled" | "Started">;
  readonly EventType: Open<EventType>;
  readonly ResourceType: string;
  /** Names of the affected VMs: `compute.name`, not host names. */
  readonly Resources: readonly string[];
  /** `Mon, 19 Sep 2016 18:29:47 GMT`, or "" once Started. */
  readonly NotBefore: string;
  readonly Description: string;
  readonly EventSource: Open<"Platform" | "User">;
  /** Expected interruption in seconds; 0 = none, -1 = unknown or not applicable. */
  readonly DurationInSeconds: number;
}

/** The answer of `GET /metadata/scheduledevents`; a higher incarnation means that `Events` changed. */
export interface ScheduledEventsDocument {
  readonly DocumentIncarnation: number;
  readonly Events: readonly ScheduledEvent[];
}

/** The minimum notice per event type in seconds (Azure docs: Scheduled Events; Terminate: the least of 5 to 15 min). */
export const minimumNotice: Readonly<Record<EventType, number>> = {
  Freeze: 900,
  Reboot: 900,
  Redeploy: 600,
  Preempt: 30,
  Terminate: 300,
};

/** A fresh EventId: a random GUID in upper-case hex, as in every capture of the real service. */
export function newEventId(): string {
  return randomUUID().toUpperCase();
}

/** Epoch milliseconds rounded up to the whole second, since NotBefore carries no fraction and must not come early. */
export function wholeSecond(epochMs: number): number {
  return Math.ceil(epochMs / 1000) * 1000;
}

/** Epoch milliseconds as NotBefore writes them: RFC 1123, GMT, rounded up to whole seconds. */
export function formatNotBefore(epochMs: number): string {
  return new Date(wholeSecond(epochMs)).toUTCString();
}
