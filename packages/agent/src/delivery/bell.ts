import type { Clock } from "@forewarn/sdk";

/** Wakes those who wait for something to happen. */
export interface Bell {
  ring(): void;
  /** How often it has rung: what was heard before one looked, so that no ring in between is lost. */
  rings(): number;
  /** Resolves at the next ring after `heard`, after `ms` where that is not null, or when `signal` aborts. */
  nap(ms: number | null, heard: number, signal: AbortSignal): Promise<void>;
}

/** A bell on a clock. */
export function createBell(clock: Clock): Bell {
  const sleeping = new Set<() => void>();
  let rings = 0;
  return {
    ring() {
      rings++;
      // Whoever wakes takes himself out.
      for (const wake of sleeping) wake();
    },
    rings: () => rings,
    async nap(ms, heard, signal) {
      if (heard !== rings || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const woken = new AbortController();
      const wake = () => {
        sleeping.delete(wake);
        signal.removeEventListener("abort", wake);
        woken.abort();
        resolve();
      };
      sleeping.add(wake);
      signal.addEventListener("abort", wake, { once: true });
      if (ms !== null) void clock.sleep(ms, woken.signal).then(wake);
      await promise;
    },
  };
}
