import type { AnySinkDefinition, Clock, Logger, SinkContext, When } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import type { Telemetry } from "../telemetry.ts";
import type { Redact } from "./redact.ts";

/** How large one batch may be. */
export interface BatchSize {
  readonly maxEvents: number;
  /** Of JSON in UTF-8; an event larger than this travels alone. */
  readonly maxBytes: number;
}

/** A batch's limits, and how long its first event waits for others. */
export interface BatchLimits extends BatchSize {
  readonly lingerMs: number;
}

/** One sink of the running agent, everything resolved: numbers in milliseconds and bytes, options validated. */
export interface SinkSettings {
  readonly name: string;
  readonly definition: AnySinkDefinition;
  readonly options: unknown;
  readonly when: When;
  readonly batch: BatchLimits;
  readonly timeoutMs: number;
  /** Older events become dead letters of reason `expired`; null = never. */
  readonly maxAgeMs: number | null;
  /** Where a sink that is new to this state directory begins. */
  readonly from: "now" | "start";
  readonly concurrency: number;
}

/** What a subscription works with. */
export interface SubscriptionContext {
  readonly clock: Clock;
  readonly outbox: Pick<
    Outbox,
    | "beyond"
    | "last"
    | "missed"
    | "next"
    | "ofPlaces"
    | "pending"
    | "positionOf"
    | "replays"
    | "settle"
    | "settling"
    | "subscribe"
    | "unsaved"
    | "urgency"
    | "urgent"
  >;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  readonly redact: Redact;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** What the agent lends this sink. */
  readonly lend: SinkContext;
}
