import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";

/** How a sink is: `failing` where its last call failed and will be repeated, `paused` until a person acts, `hung` where its calls do not end. */
export const sinkStates = ["working", "failing", "paused", "hung"] as const;

/** One of {@link sinkStates}. */
export type SinkState = (typeof sinkStates)[number];

/** What was seen of a sink since the agent was made; times in epoch milliseconds. */
export interface SinkHealth {
  readonly state: SinkState;
  readonly since: number;
  readonly delivered: number;
  readonly dead: number;
  readonly deadlineMissed: number;
  readonly lastDelivered: number | null;
  /** Redacted. */
  readonly lastError: { readonly at: number; readonly message: string } | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Watches every sink that telemetry speaks of; returns what was seen of one. */
export function watchSinks(telemetry: Telemetry, clock: Clock): (sink: string) => SinkHealth {
  const seen = new Map<string, Mutable<SinkHealth>>();
  const began = clock.now();

  function of(sink: string): Mutable<SinkHealth> {
    let own = seen.get(sink);
    if (own === undefined) seen.set(sink, (own = { ...unseen, since: began }));
    return own;
  }

  function become(sink: string, state: SinkState): void {
    const own = of(sink);
    if (own.state === state) return;
    own.state = state;
    own.since = clock.now();
  }

  function isPaused(sink: string): boolean {
    return ["paused", "hung"].includes(of(sink).state);
  }

  telemetry.on("attempted", ({ sink, result, message }) => {
    if (result === "cut") return;
    if (message !== undefined) of(sink).lastError = { at: clock.now(), message };
    // Only the end of a pause ends it.
    if (isPaused(sink)) return;
    const answers = result === "delivered" || result === "partial" || result === "reject";
    become(sink, answers ? "working" : "failing");
  });
  telemetry.on("delivered", ({ sink, envelopes }) => {
    of(sink).delivered += envelopes.length;
    of(sink).lastDelivered = clock.now();
  });
  telemetry.on("deadLettered", ({ sink, envelopes }) => void (of(sink).dead += envelopes.length));
  telemetry.on("evicted", ({ sink, events }) => void (of(sink).dead += events));
  telemetry.on("deadlineMissed", ({ sink, envelopes }) => {
    of(sink).deadlineMissed += envelopes.length;
  });
  telemetry.on("sinkStarted", ({ sink }) => {
    of(sink).lastError = null;
    become(sink, "working");
  });
  telemetry.on("sinkPaused", ({ sink, reason, message }) => {
    of(sink).lastError = { at: clock.now(), message };
    become(sink, reason === "hung" ? "hung" : "paused");
  });
  telemetry.on("sinkResumed", ({ sink }) => become(sink, "working"));
  return (sink) => of(sink);
}

const unseen: Omit<SinkHealth, "since"> = {
  state: "working",
  delivered: 0,
  dead: 0,
  deadlineMissed: 0,
  lastDelivered: null,
  lastError: null,
};
