import { type Clock, RetryError } from "@forewarn/sdk";

/** Spreads requests over time, so that a receiver's rate is never exceeded. */
export interface Pace {
  /** From now on at most this many requests per minute; undefined = as many as there are. */
  allow(perMinute: number | undefined): void;
  /**
   * Resolves when a request may be sent, evenly spread. Throws the reason of `signal` when that aborts first, and a
   * `RetryError` with the time to wait where the turn comes only after 5 s, since an attempt must not be waited away.
   */
  turn(signal: AbortSignal): Promise<void>;
}

const longestWaitMs = 5000;

/** A pace without a limit, until one is set. */
export function createPace(clock: Clock): Pace {
  let intervalMs = 0;
  let next = 0;

  return {
    allow(perMinute) {
      intervalMs = perMinute === undefined ? 0 : 60_000 / perMinute;
    },
    async turn(signal) {
      const now = clock.monotonic();
      const at = Math.max(now, next);
      const waitMs = at - now;
      if (intervalMs > 0 && waitMs > longestWaitMs) {
        throw new RetryError(`the receiver allows one request in ${Math.round(intervalMs / 1000)} s`, {
          retryAfterMs: Math.ceil(waitMs),
        });
      }
      if (intervalMs === 0) return;
      next = at + intervalMs;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      if (!signal.aborted) return;
      // A turn that was not taken is given back, unless others stand behind it.
      if (next === at + intervalMs) next = at;
      signal.throwIfAborted();
    },
  };
}
