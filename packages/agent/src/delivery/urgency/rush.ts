import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Route } from "../../router/router.ts";
import type { Telemetry } from "../../telemetry.ts";
import type { Feed, Urgent } from "../feed/feed.ts";
import type { Load } from "../load.ts";
import { isUrgent } from "./urgency.ts";

/** What one sink knows of the urgent: which stories, and when that changes. */
export interface Rush {
  /** Looks what is urgent now; cheap where nothing is, or nothing happened since it was last asked in vain. */
  look(): Urgent;
  /** Whether something of a load belongs to a story that is urgent now. */
  concerns(load: Load): boolean;
  /** How long an attempt with this load may take. */
  timeoutOf(load: Load): number;
  /** Something was appended, released or settled: what is urgent may have changed. */
  stir(): void;
  /** Calls `wake` whenever an event becomes urgent or ceases to be, until `signal` aborts. */
  watch(wake: () => void, signal: AbortSignal): void;
}

const nothing: Urgent = { free: [], held: [] };
const leastTimeoutMs = 1000;
/** The wall clock may jump: it is looked at this often. */
const longestWatchMs = 30_000;

/** Watches urgency for one sink. */
export function createRush(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, "missed" | "urgency">;
  readonly feed: Pick<Feed, "position" | "urgent">;
  readonly wants: Route;
  readonly telemetry: Telemetry;
  readonly timeoutMs: number;
  /** False for a sink whose attempts are never shortened. */
  readonly shortens: boolean;
}): Rush {
  const { sink, clock, outbox, feed, wants, telemetry, timeoutMs, shortens } = options;
  /** The deadline of each urgent story, epoch milliseconds, as last seen. */
  let deadlines = new Map<string, number>();
  let stirred = true;
  let checked = clock.now();
  let watched: number | null = null;
  let watching = new AbortController();

  function deadlineOf({ envelopes }: Load, now: number): number {
    const own = envelopes.map(({ key }) => deadlines.get(key) ?? 0).filter((deadline) => deadline > now);
    return own.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...own);
  }

  /** Tells what has missed its deadline since this was last asked. */
  function tellMissed(): void {
    const until = clock.now();
    if (until > checked) {
      const missed = outbox.missed(sink, feed.position(), { after: checked, until });
      const envelopes = missed.filter((envelope) => envelope.intact && wants(envelope));
      if (envelopes.length > 0) telemetry.emit("deadlineMissed", { sink, envelopes });
    }
    checked = until;
  }

  async function awaken(ms: number, over: AbortSignal, wake: () => void): Promise<void> {
    await clock.sleep(ms, over);
    if (over.aborted) return;
    watched = null;
    stirred = true;
    tellMissed();
    wake();
  }

  return {
    look() {
      const now = clock.now();
      if (!outbox.urgency(now).open) {
        deadlines = new Map();
        return nothing;
      }
      if (!stirred) return nothing;
      const found = feed.urgent(now);
      deadlines = new Map();
      for (const envelope of [...found.free, ...found.held]) {
        const known = deadlines.get(envelope.key) ?? Number.POSITIVE_INFINITY;
        if (isUrgent(envelope, now))
          deadlines.set(envelope.key, Math.min(known, envelope.deadline as number));
      }
      stirred = found.free.length + found.held.length > 0;
      return found;
    },
    concerns: (load) => deadlineOf(load, clock.now()) !== Number.POSITIVE_INFINITY,
    timeoutOf(load) {
      const now = clock.now();
      const left = deadlineOf(load, now) - now;
      return shortens ? Math.min(timeoutMs, Math.max(leastTimeoutMs, Math.floor(left / 3))) : timeoutMs;
    },
    stir() {
      stirred = true;
    },
    watch(wake, signal) {
      const now = clock.now();
      const { changesAt } = outbox.urgency(now);
      if (changesAt === watched || signal.aborted) return;
      watching.abort();
      watching = new AbortController();
      watched = changesAt;
      if (changesAt === null) return;
      const over = watching.signal;
      signal.addEventListener("abort", () => watching.abort(), { once: true, signal: over });
      const ms = Math.min(Math.max(0, changesAt - now), longestWatchMs);
      void awaken(ms, over, wake);
    },
  };
}
