import type { Clock } from "@forewarn/sdk";

const longestTimer = 2 ** 31 - 1;

/** How a {@link createKitClock} differs from the machine's. */
export interface ClockSettings {
  /** How much faster it runs. Default 1. */
  readonly scale?: number;
  /** How far it is ahead, so that a sink which asks `Date` instead of its clock is found out. Default 0. */
  readonly aheadMs?: number;
}

/** The clock that is lent to a sink: real time, perhaps faster, perhaps ahead. */
export function createKitClock({ scale = 1, aheadMs = 0 }: ClockSettings = {}): Clock {
  const began = Date.now() + aheadMs;
  const zero = performance.now();
  const passed = () => (performance.now() - zero) * scale;
  return {
    now: () => Math.round(began + passed()),
    monotonic: passed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(ms / scale, longestTimer));
        signal?.addEventListener("abort", done, { once: true });
      }),
  };
}
