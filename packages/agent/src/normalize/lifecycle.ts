import type { ScheduledEventEntry } from "@forewarn/imds";
import type { ApprovalOrigin, Severity } from "@forewarn/sdk";
import type { GivenIds } from "./given-ids.ts";

/** Whether this VM told Azure that the event may start. */
export type Approval = "none" | "posting" | "accepted";

/** Who wants an event to start, and what he has allowed. */
export interface ApprovalIntent {
  readonly origin: ApprovalOrigin;
  /** Whether it may start although it names other VMs beside this one. */
  readonly shared: boolean;
}

/** What is remembered of one EventId, on disk, until `retention` after it is gone. */
export interface Lifecycle extends GivenIds {
  /** In lower case. */
  readonly eventId: string;
  /** 1, then one more each time it comes back after it was gone. */
  readonly occurrence: number;
  /** The last entry that named it. */
  readonly entry: ScheduledEventEntry;
  readonly wasStarted: boolean;
  /** Epoch milliseconds. */
  readonly firstSeen: number;
  /** The last known NotBefore, epoch milliseconds. */
  readonly notBefore: number | null;
  /** The notice there was when it started; null until then, or where the start was not observed. */
  readonly noticeMs: number | null;
  readonly impact: Severity;
  /** Null while the VM's own name is unknown; once true it stays true for the occurrence. */
  readonly affectsSelf: boolean | null;
  readonly approval: Approval;
  /** Set once `approval` is not `none`. */
  readonly intent?: ApprovalIntent;
  /** IMDS has answered a request to start it with 400: it is not asked again. */
  readonly refused?: true;
  /** Set while it is absent, and a gap or restart lies before; kept while the absence is not believed. */
  readonly unwatched: Unwatched | null;
  /** Epoch milliseconds when its ending was told; null while it is open. */
  readonly goneAt: number | null;
}

/** A time in which nobody watched. */
export interface Unwatched {
  /** Null where it is not known for how long. */
  readonly gapMs: number | null;
  /** The machine was booted in between. */
  readonly rebooted: boolean;
}

/** Two times in which nobody watched, as one. */
export function joined(before: Unwatched | null, now: Unwatched | null): Unwatched | null {
  if (before === null || now === null) return before ?? now;
  const gapMs = before.gapMs === null || now.gapMs === null ? null : before.gapMs + now.gapMs;
  return { gapMs, rebooted: before.rebooted || now.rebooted };
}

/** Whether an EventStatus says that the event has started. */
export function isStarted(status: string): boolean {
  return status.toLowerCase() === "started";
}
