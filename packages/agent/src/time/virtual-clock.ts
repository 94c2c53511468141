import type { Clock } from "@forewarn/sdk";

/** A clock on which time passes only when a test says so. */
export interface VirtualClock extends Clock {
  /**
   * Lets time pass and wakes who sleeps, each at its own moment, in the order of those moments (then of falling
   * asleep); all promises that follow from one waking run before the next. Who falls asleep again meanwhile is woken
   * again. Rejects where an earlier one is still under way: it was not awaited.
   */
  advance(ms: number): Promise<void>;
  /** Corrects the wall clock by `ms`, forwards or back, as NTP does: the monotonic clock and sleepers notice nothing. */
  jump(ms: number): void;
  /** Lets time pass in the middle of synchronous code, as work that blocks the process does; nobody wakes meanwhile. */
  stall(ms: number): void;
  /**
   * Suspends the machine for `ms`: both clocks move, and who should have woken meanwhile wakes afterwards, late, all at
   * the same moment, in order. Resolves when what follows from that has run.
   */
  freeze(ms: number): Promise<void>;
  /** How many sleep; none may be left when what was tested has stopped. */
  sleeping(): number;
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** Like `setTimeout`, which knows nothing shorter; so a loop that sleeps for 0 ms cannot stop time. */
const shortest = 1;

/** An immediate runs when no promise is left to run, so this outlasts any chain of them. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * For tests: a clock that begins at `now` (epoch milliseconds, whole) and stands still but for `advance`, `jump` and
 * `freeze`. It does not wait for sockets or real timers.
 */
export function createVirtualClock({ now }: { readonly now: number }): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let wall = now;
  let monotonic = 0;
  let busy = false;

  function pass(ms: number): void {
    wall += ms;
    monotonic += ms;
  }

  function nextDue(until: number): Sleeper | null {
    let next: Sleeper | null = null;
    for (const sleeper of sleepers) {
      if (sleeper.due <= until && (next === null || sleeper.due < next.due)) next = sleeper;
    }
    return next;
  }

  async function wakeUntil(until: number): Promise<void> {
    await settled();
    for (let next = nextDue(until); next !== null; next = nextDue(until)) {
      pass(Math.max(0, next.due - monotonic));
      next.wake();
      await settled();
    }
  }

  async function alone(work: () => Promise<void>): Promise<void> {
    if (busy) throw new Error("the virtual clock is already moving: await advance and freeze");
    busy = true;
    try {
      await work();
    } finally {
      busy = false;
    }
  }

  function whole(ms: number): number {
    if (Number.isInteger(ms) && ms >= 0) return ms;
    throw new RangeError(`time passes in whole milliseconds, not ${ms}`);
  }

  return {
    now: () => wall,
    monotonic: () => monotonic,
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (signal?.aborted === true) return Promise.resolve();
      const sleeper: Sleeper = {
        due: monotonic + Math.max(shortest, Math.ceil(ms)),
        wake() {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      return promise;
    },
    advance: (ms) =>
      alone(async () => {
        const until = monotonic + whole(ms);
        await wakeUntil(until);
        pass(Math.max(0, until - monotonic));
      }),
    jump(ms) {
      wall += ms;
    },
    stall: (ms) => pass(whole(ms)),
    freeze: (ms) =>
      alone(async () => {
        pass(whole(ms));
        await wakeUntil(monotonic);
      }),
    sleeping: () => sleepers.size,
  };
}
