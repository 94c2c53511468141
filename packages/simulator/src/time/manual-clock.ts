import type { SimulatorClock } from "./clock.ts";

/** A clock that stands still until it is told to go on, so that days pass in a test without waiting. */
export interface ManualClock extends SimulatorClock {
  /** Lets time pass: each timer at its own moment, and what follows from one before the next. */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly waiting: number;
}

interface Timer {
  readonly due: number;
  readonly act: () => void;
}

/** An immediate runs when no promise is left to run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock that begins at `now`, epoch milliseconds. */
export function createManualClock(now: number = Date.now()): ManualClock {
  const timers = new Set<Timer>();
  let time = now;

  const nextUntil = (end: number): Timer | undefined =>
    [...timers].filter(({ due }) => due <= end).toSorted((one, other) => one.due - other.due)[0];

  return {
    now: () => time,
    get waiting() {
      return timers.size;
    },
    after(ms, act) {
      const timer = { due: time + Math.max(1, Math.ceil(ms)), act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = time + ms;
      await settled();
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer);
        time = Math.max(time, timer.due);
        timer.act();
        await settled();
      }
      time = end;
    },
  };
}
