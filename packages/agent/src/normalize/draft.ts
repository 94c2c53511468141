import type { EventType, ForewarnEvent, Severity } from "@forewarn/sdk";

/** An event before it has an order and an observer: what the outbox turns into a CloudEvent. */
export interface EventDraft {
  readonly type: EventType;
  /** Without the suffix that the outbox adds where this id was used already. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly severity: Severity;
  /** What `minSeverity` compares and eviction spares: the impact of a scheduled event, else the severity. */
  readonly rank: Severity;
  readonly subject: string | null;
  readonly affectsSelf: boolean | null;
  /** Epoch milliseconds. */
  readonly notBefore: number | null;
  readonly urgency: Urgency | null;
  /** The name of the schema of `data`. */
  readonly schema: string;
  /** `vm` and `simulated` are added by the observer. */
  readonly data: Omit<ForewarnEvent["data"], "vm" | "simulated">;
}

/** The time in which an event passes every backlog, epoch milliseconds. */
export interface Urgency {
  readonly from: number;
  readonly deadline: number;
}
