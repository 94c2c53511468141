import type { Clock } from "@forewarn/sdk";
import type { VirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";

/** The clock of one process: when that is killed nobody in it sleeps any more, so that it can be cleared away. */
export interface ProcessClock extends Clock {
  kill(): void;
  /** How many sleep. */
  sleeping(): number;
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A process's view of the machine's clock. */
export function createProcessClock(clock: VirtualClock): ProcessClock {
  const sleepers = new Set<() => void>();
  let dead = false;
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    sleep(ms, signal) {
      if (dead) return soon();
      return new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.add(wake);
        void clock.sleep(ms, signal).then(wake);
      });
    },
    kill() {
      dead = true;
      for (const wake of sleepers) wake();
    },
    sleeping: () => sleepers.size,
  };
}
