import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../../telemetry.ts";
import { probeDelay } from "../retry/backoff.ts";
import type { Bell } from "../bell.ts";
import type { PauseReason } from "../attempt/illness.ts";

/** How a paused sink is tried. */
export interface Prober {
  /** Tries the sink itself, or its oldest event; true where it works again. */
  probe(): Promise<boolean>;
  /** Sends what is urgent; true where it arrived, null where nothing is urgent. */
  rush(): Promise<boolean | null>;
  /** Before this, by the monotonic clock, the destination has asked not to be called. */
  restsUntil(): number;
}

/** The state of a sink that cannot work until a person acts. */
export interface Pause {
  /** Resolves at once where the sink works, else when it works again or the subscription drains. */
  over(): Promise<unknown>;
  /** Whether the sink is paused now; where it drained in a pause, it stays so. */
  active(): boolean;
  /** Probes at once where the sink is paused, unless its destination has asked not to be called; whoever calls it rings the bell. */
  hurry(): void;
  /** Whether a probe that was asked for by `hurry` is not over. */
  hurried(): boolean;
  /**
   * Pauses and probes at 30 s, then twice as long each time up to 15 min; an urgent event is itself the probe, at once
   * (10 s after one that brought the pause about) and then every 10 s. Nothing happens where it is paused already.
   */
  begin(pause: { readonly reason: PauseReason; readonly message: string; readonly rushed: boolean }): void;
}

const rushEveryMs = 10_000;

/** A sink that works. */
export function createPause(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly bell: Bell;
  readonly telemetry: Telemetry;
  readonly draining: AbortSignal;
  readonly prober: Prober;
}): Pause {
  const { sink, clock, bell, telemetry, draining, prober } = options;
  let paused: Promise<void> | undefined;
  let hurried = false;

  async function probing(firstRush: number): Promise<void> {
    const since = clock.monotonic();
    let probes = 0;
    let nextProbe = since + probeDelay(probes);
    let nextRush = firstRush;
    while (!draining.aborted) {
      const heard = bell.rings();
      const now = clock.monotonic();
      if (now < prober.restsUntil()) {
        await clock.sleep(prober.restsUntil() - now, draining);
        continue;
      }
      let rushes = false;
      if (now >= nextRush) {
        const arrived = await prober.rush();
        if (arrived === true) break;
        rushes = arrived === false;
        if (rushes) nextRush = clock.monotonic() + rushEveryMs;
      }
      if ((now >= nextProbe || hurried) && now >= prober.restsUntil()) {
        const works = await prober.probe();
        hurried = false;
        if (works) break;
        nextProbe = clock.monotonic() + probeDelay(++probes);
      }
      const until = rushes || now < nextRush ? Math.min(nextProbe, nextRush) : nextProbe;
      await bell.nap(until - clock.monotonic(), heard, draining);
    }
    hurried = false;
    if (draining.aborted) return;
    paused = undefined;
    telemetry.emit("sinkResumed", { sink, pausedMs: Math.round(clock.monotonic() - since) });
    bell.ring();
  }

  return {
    active: () => paused !== undefined,
    hurry() {
      hurried = paused !== undefined && clock.monotonic() >= prober.restsUntil();
    },
    hurried: () => hurried,
    over: () => paused ?? Promise.resolve(),
    begin({ reason, message, rushed }) {
      if (paused !== undefined) return;
      telemetry.emit("sinkPaused", { sink, reason, message });
      paused = probing(clock.monotonic() + (rushed ? rushEveryMs : 0));
    },
  };
}
