import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../../telemetry.ts";

/** When a sink may be called again: not before it asked for it, and not at once where its calls hold up the process. */
export interface Rest {
  /** Nothing is sent for so many milliseconds, as the destination asked. */
  until(retryAfterMs: number): void;
  /** Runs a call and measures its synchronous part, during which nothing else can run. */
  measured<T>(call: () => T): T;
  /** The end of the rest, by the monotonic clock; what is urgent waits for what the destination asked, else 1 s at most. */
  end(urgent: boolean): number;
}

/** Longer than this, a call's synchronous part is told of. */
const longMs = 100;
/** A sink that blocks the process rests this many times as long, so that the others have nine tenths of the time. */
const share = 9;
const mostRestMs = 10_000;
/** And as long as it blocked for what is urgent, so that the others have half of the time, but no longer than its backoff. */
const mostUrgentRestMs = 1000;

/** A sink that may be called at once. */
export function createRest(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}): Rest {
  const { sink, clock, telemetry } = options;
  let asked = Number.NEGATIVE_INFINITY;
  let blocked = Number.NEGATIVE_INFINITY;
  let urgentBlocked = Number.NEGATIVE_INFINITY;
  return {
    until(retryAfterMs) {
      if (retryAfterMs > 0) asked = Math.max(asked, clock.monotonic() + retryAfterMs);
    },
    measured(call) {
      const began = clock.monotonic();
      try {
        return call();
      } finally {
        const ms = clock.monotonic() - began;
        if (ms > longMs) {
          blocked = clock.monotonic() + Math.min(share * ms, mostRestMs);
          urgentBlocked = clock.monotonic() + Math.min(ms, mostUrgentRestMs);
          telemetry.emit("sinkBlocked", { sink, ms: Math.round(ms) });
        }
      }
    },
    end: (urgent) => Math.max(asked, urgent ? urgentBlocked : blocked),
  };
}
