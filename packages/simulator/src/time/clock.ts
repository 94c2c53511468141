/** What the simulator's time is; tests may give one of their own, see `createManualClock`. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `act` once after so many milliseconds, at least 1; the returned function takes that back. */
  after(ms: number, act: () => void): () => void;
}

/** The longest wait a Node.js timer takes, in milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own time. A timer keeps the process, so whoever stops must take it back. */
export const systemClock: SimulatorClock = {
  now: () => Date.now(),
  after(ms, act) {
    if (ms > LONGEST_TIMER) {
      let cancel = systemClock.after(LONGEST_TIMER, () => {
        cancel = systemClock.after(ms - LONGEST_TIMER, act);
      });
      return () => cancel();
    }
    const timer = setTimeout(act, Math.max(1, Math.ceil(ms)));
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds; rejects with the signal's reason when that aborts first. */
export function wait(clock: SimulatorClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const abort = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}
