/**
 * How often a sink that takes nothing is tried again for what is urgent: as often as for one load, however many wait.
 * Each of them has its own first attempt at once, and what gets through frees all others.
 */
export interface UrgentPace {
  /** An urgent load failed at `now`, and may be tried again at `due`; both by the monotonic clock. */
  failed(now: number, due: number): void;
  /** The sink has settled something. */
  through(): void;
  /** Before this no urgent load is tried again, by the monotonic clock. */
  readyAt(): number;
}

/** Nothing has failed yet. */
export function createUrgentPace(): UrgentPace {
  let until = Number.NEGATIVE_INFINITY;
  return {
    failed(now, due) {
      // First attempts that fail meanwhile must not put off the next one again and again.
      if (now >= until) until = due;
    },
    through() {
      until = Number.NEGATIVE_INFINITY;
    },
    readyAt: () => until,
  };
}
