import type { ImdsErrorCode } from "@forewarn/imds";
import { EventEmitter } from "eventemitter3";
import type { FlushReport } from "./delivery/flush-report.ts";
import type { Envelope } from "./outbox/envelope.ts";

/** What the agent says of its own work, for logs, metrics and tests; an event here is not forwarded anywhere. */
export interface AgentTelemetry {
  /** A good answer of IMDS; `events` = how many scheduled events it names, `ms` = how long it took, `partial` = an entry could not be read. */
  polled: (poll: {
    readonly incarnation: number | null;
    readonly events: number;
    readonly ms: number;
    readonly partial: boolean;
  }) => void;
  /** An answer that was no good; `failures` counts those in a row. */
  pollFailed: (failure: {
    readonly code: ImdsErrorCode;
    readonly message: string;
    readonly failures: number;
  }) => void;
  /** Good answers again, after `failures` bad ones. */
  pollRecovered: (recovery: { readonly failures: number; readonly downMs: number }) => void;
  /** An answer of whichever endpoint of IMDS that was no good and changed nothing; `failures` counts those of this endpoint in a row. */
  answerFailed: (failure: {
    readonly endpoint: ImdsEndpoint;
    readonly code: ImdsErrorCode;
    readonly message: string;
    readonly failures: number;
  }) => void;
  /** A good answer of an endpoint again, after `failures` bad ones. */
  answersRecovered: (recovery: {
    readonly endpoint: ImdsEndpoint;
    readonly failures: number;
    readonly downMs: number;
  }) => void;
  /** Something odd in a document of IMDS; nothing was lost. */
  documentWarning: (warning: string) => void;
  /** A document without anything odd, after `documents` odd ones. */
  documentsWhole: (streak: { readonly documents: number }) => void;
  /**
   * A good answer after a silence of more than 24 h, or of a process that begins soon after one: until then, epoch
   * milliseconds, an event that IMDS does not name is not believed to be over.
   */
  absenceDoubted: (doubt: { readonly until: number }) => void;
  /** Events are on disk. */
  appended: (envelopes: readonly Envelope[]) => void;
  /** The state directory could not be written; it is tried again. */
  stateFailed: (failure: { readonly doing: StateWork; readonly message: string }) => void;
  /** Events can be stored again, after `stateFailed` while storing them. */
  stateRecovered: () => void;
  /** Events are kept only in memory, or the outbox was damaged and is made anew of what was whole of it. */
  degraded: (trouble: {
    readonly reason: "disk" | "damage" | "deleted";
    readonly message: string;
    readonly kept?: string;
    readonly salvaged?: number;
  }) => void;
  /** Events are kept on disk again. */
  restored: (restored: { readonly degradedMs: number }) => void;
  /**
   * The agent has stopped, and the state directory could not be written to the end: `events` stood only in memory, and
   * `undelivered` of them are lost, since not every sink has got them.
   */
  memoryLost: (loss: {
    readonly events: number;
    readonly undelivered: number;
    readonly message: string;
  }) => void;
  /** A fault of the agent's own: polling or delivery has ended, and only a new start helps. */
  failed: (failure: { readonly error: unknown }) => void;
  /** Retention removed events. */
  retained: (removed: { readonly removed: number; readonly evicted: number }) => void;
  /** How far the approval of a scheduled event has come, told at each change; `why` says what it waits for, or what went wrong. */
  approval: (approval: {
    readonly eventId: string;
    readonly eventType: string;
    readonly outcome: ApprovalOutcome;
    readonly by: "policy" | "command";
    readonly why?: string;
  }) => void;
  /** What came of one call of a sink's `deliver`, whatever else is told of it; `message` says why it failed. */
  attempted: (attempt: {
    readonly sink: string;
    readonly result: AttemptResult;
    readonly events: number;
    readonly ms: number;
    readonly message?: string;
  }) => void;
  /** A sink has these events. */
  delivered: (delivery: {
    readonly sink: string;
    readonly envelopes: readonly Envelope[];
    readonly attempt: number;
    readonly ms: number;
  }) => void;
  /** A delivery failed and will be tried again. */
  deliveryFailed: (failure: {
    readonly sink: string;
    readonly events: number;
    readonly attempt: number;
    readonly message: string;
    readonly retryInMs: number;
  }) => void;
  /** Events became dead letters; `excerpt` is the beginning of what the destination answered. */
  deadLettered: (letters: {
    readonly sink: string;
    readonly envelopes: readonly Envelope[];
    readonly reason: string;
    readonly message: string;
    readonly excerpt?: string;
  }) => void;
  /** So many events became dead letters of a sink before it had them, since the outbox was full. */
  evicted: (evicted: { readonly sink: string; readonly events: number }) => void;
  /** A sink has not got these events although their deadline has passed; it is tried all the same. */
  deadlineMissed: (missed: { readonly sink: string; readonly envelopes: readonly Envelope[] }) => void;
  /** The synchronous part of a sink's call held up the whole process for so long. */
  sinkBlocked: (blocked: { readonly sink: string; readonly ms: number }) => void;
  /**
   * Before this machine is stopped, or a moment after that has begun, every sink has had all that is pending tried once
   * more: what that delivered and left. `synced` = all that is written is on disk.
   */
  lastFlush: (flush: {
    readonly eventId: string;
    readonly eventType: string;
    readonly synced: boolean;
    readonly sinks: readonly FlushReport[];
    readonly ms: number;
  }) => void;
  /** A sink begins to take events, at the start or with other settings; what was wrong with it before is over. */
  sinkStarted: (start: { readonly sink: string }) => void;
  /** A sink cannot work until a person acts, or its calls do not end. */
  sinkPaused: (pause: {
    readonly sink: string;
    readonly reason: "misconfigured" | "hung";
    readonly message: string;
  }) => void;
  /** A paused sink works again. */
  sinkResumed: (resume: { readonly sink: string; readonly pausedMs: number }) => void;
}

/** What the agent asks of IMDS, as the paths below `/metadata` begin. */
export const imdsEndpoints = ["scheduledevents", "instance", "identity"] as const;

/** One of {@link imdsEndpoints}. */
export type ImdsEndpoint = (typeof imdsEndpoints)[number];

/**
 * How far an approval can come: it waits for a sink, or is blocked for good; a dry run would have sent it; its intent is
 * stored and Azure is asked (`posting`); Azure has accepted it, gave no good answer, or refused it; its time came first.
 */
export const approvalOutcomes = [
  "waiting",
  "blocked",
  "dry-run",
  "posting",
  "approved",
  "failed",
  "refused",
  "expired",
] as const;

/** One of {@link approvalOutcomes}. */
export type ApprovalOutcome = (typeof approvalOutcomes)[number];

/** What can come of one attempt; `cut` says nothing about the sink: it was made to end for something urgent. */
export const attemptResults = [
  "delivered",
  "partial",
  "retry",
  "reject",
  "misconfigured",
  "hung",
  "cut",
] as const;

/** One of {@link attemptResults}. */
export type AttemptResult = (typeof attemptResults)[number];

/** What the agent does with its state directory; only storing events is needed for what Azure says not to be missed. */
export const stateWork = ["storing events", "reading events", "settling", "applying the limits"] as const;

/** One of {@link stateWork}. */
export type StateWork = (typeof stateWork)[number];

/** The agent's own telemetry. */
export type Telemetry = EventEmitter<AgentTelemetry>;

/** Telemetry that nobody listens to yet. */
export function createTelemetry(): Telemetry {
  return new EventEmitter<AgentTelemetry>();
}
