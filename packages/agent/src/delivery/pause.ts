import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";
import { probeDelay } from "./backoff.ts";

/** The state of a sink that cannot work until a person acts. */
export interface Pause {
  /** Resolves at once where the sink works, else when it works again or the subscription drains. */
  over(): Promise<void>;
  /** Whether the sink is paused now. */
  active(): boolean;
  /**
   * Pauses and probes at 30 s, then twice as long each time up to 15 min, until `probe` says that the sink is well.
   * False where the subscription drains first.
   */
  untilWell(message: string, probe: () => Promise<boolean>): Promise<boolean>;
}

/** A sink that works. */
export function createPause(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly draining: AbortSignal;
}): Pause {
  const { sink, clock, telemetry, draining } = options;
  let paused: PromiseWithResolvers<void> | undefined;

  async function probing(probe: () => Promise<boolean>): Promise<boolean> {
    for (let probes = 0; ; probes++) {
      await clock.sleep(probeDelay(probes), draining);
      if (draining.aborted) return false;
      if (await probe()) return true;
    }
  }

  return {
    active: () => paused !== undefined,
    over: () => paused?.promise ?? Promise.resolve(),
    async untilWell(message, probe) {
      const mine = Promise.withResolvers<void>();
      paused = mine;
      const since = clock.monotonic();
      telemetry.emit("sinkPaused", { sink, message });
      const well = await probing(probe);
      paused = undefined;
      if (well) telemetry.emit("sinkResumed", { sink, pausedMs: Math.round(clock.monotonic() - since) });
      mine.resolve();
      return well;
    },
  };
}
