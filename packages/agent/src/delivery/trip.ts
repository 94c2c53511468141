import type { Load } from "./load.ts";
import { keepsFailing } from "./retry/retry.ts";

/** The loads that one lane holds, in the order of their events. */
export interface Trip {
  isEmpty(): boolean;
  loads(): readonly Load[];
  add(load: Load): void;
  /** Puts what is left of a load in its place. */
  replace(load: Load, left: readonly Load[]): void;
  /** Takes loads out. */
  drop(isGone: (load: Load) => boolean): readonly Load[];
  /** The first load that may be tried now; null where none may. */
  next(now: number, readyAt: (load: Load) => number): Load | null;
  /** Whether nothing of it can be tried beside its first load. */
  isAlone(): boolean;
  /** When the next one may be tried, by the monotonic clock; null where there is none. */
  dueAt(readyAt: (load: Load) => number): number | null;
}

/** How many of a trip's loads are tried while the first of them keeps failing: that one, and a scout that tells whether it is the sink's fault. */
const mostFailing = 2;

/** A lane's trip, empty. */
export function createTrip(): Trip {
  let loads: readonly Load[] = [];

  /** Those whose keys no earlier load holds: within a key nothing overtakes. */
  function runnable(): readonly Load[] {
    if (loads.length < 2) return loads;
    const [first] = loads;
    if (first?.rushed === false && first.failing !== null && !keepsFailing(first)) return [first];
    const held = new Set<string>();
    const free: Load[] = [];
    for (const load of loads) {
      if (!load.envelopes.some(({ key }) => held.has(key))) free.push(load);
      for (const { key } of load.envelopes) held.add(key);
      if (free.length === mostFailing && first?.rushed === false) break;
    }
    return free;
  }

  return {
    isEmpty: () => loads.length === 0,
    loads: () => loads,
    add(load) {
      loads = [...loads, load].toSorted((a, b) => seqOf(a) - seqOf(b));
    },
    replace(load, left) {
      loads = loads.flatMap((each) => (each === load ? left : [each]));
    },
    drop(isGone) {
      const gone = loads.filter(isGone);
      loads = loads.filter((load) => !isGone(load));
      return gone;
    },
    next(now, readyAt) {
      const ready = runnable().filter((load) => readyAt(load) <= now);
      // What is urgent is tried in turn: the first of them may be the only one at fault.
      const [next] = loads[0]?.rushed === true ? ready.toSorted((a, b) => failedAt(a) - failedAt(b)) : ready;
      return next ?? null;
    },
    isAlone: () => runnable().length === 1,
    dueAt(readyAt) {
      const due = runnable().map(readyAt);
      return due.length === 0 ? null : Math.min(...due);
    },
  };
}

function failedAt({ failing }: Load): number {
  return failing ?? -1;
}

function seqOf({ envelopes }: Load): number {
  return envelopes[0]?.seq ?? 0;
}
