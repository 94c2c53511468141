import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";
import { probeDelay } from "./backoff.ts";

/** The state of a sink that cannot work until a person acts. */
export interface Pause {
  /** Resolves at once where the sink works, else when it works again or the subscription drains. */
  over(): Promise<unknown>;
  /** Whether the sink is paused now; where it drained in a pause, it stays so. */
  active(): boolean;
  /**
   * Pauses and probes at 30 s, then twice as long each time up to 15 min, until `probe` says that the sink is well or
   * the subscription drains. Whoever comes while it is paused waits with it, and only the first one probes.
   */
  untilWell(message: string, probe: () => Promise<boolean>): Promise<void>;
}

/** A sink that works. */
export function createPause(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly draining: AbortSignal;
}): Pause {
  const { sink, clock, telemetry, draining } = options;
  let paused: Promise<void> | undefined;

  async function probing(probe: () => Promise<boolean>): Promise<void> {
    const since = clock.monotonic();
    for (let probes = 0; ; probes++) {
      await clock.sleep(probeDelay(probes), draining);
      if (draining.aborted) return;
      if (await probe()) break;
    }
    paused = undefined;
    telemetry.emit("sinkResumed", { sink, pausedMs: Math.round(clock.monotonic() - since) });
  }

  return {
    active: () => paused !== undefined,
    over: () => paused ?? Promise.resolve(),
    untilWell(message, probe) {
      if (paused === undefined) {
        paused = probing(probe);
        telemetry.emit("sinkPaused", { sink, message });
      }
      return paused;
    },
  };
}
