import type { Clock } from "@forewarn/sdk";
import type { Feed } from "../feed/feed.ts";
import type { Haste } from "../urgency/haste.ts";
import type { Load } from "../load.ts";
import { parkedBackoff } from "./backoff.ts";

/** Single events that fail while others get through: tried now and then, so that nothing but their keys waits for them. */
export interface Parking {
  /** How many are parked. */
  count(): number;
  /** Whether there is a place left: each takes memory. */
  hasRoom(): boolean;
  /** Keeps what waits behind a load's key out of memory, so that others are reached, however many they are. */
  putBehind(load: Load): void;
  /** Parks a load of one event, or puts it back after another failure. */
  park(load: Load): void;
  /** Puts back a parked load that was taken and not tried. */
  putBack(load: Load): void;
  /** Takes one whose time has come. */
  due(now: number): Load | null;
  /** When the next one's time comes, by the monotonic clock. */
  dueAt(): number | null;
  /** The load is settled or given back: what waits behind its key is read again. */
  leave(load: Load): void;
  /** Takes out loads for good. */
  drop(isGone: (load: Load) => boolean): readonly Load[];
  /** Takes out what is parked of these keys. */
  free(keys: ReadonlySet<string>): readonly Load[];
}

const places = 1000;

/** An empty parking of one sink. */
export function createParking(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly feed: Pick<Feed, "park" | "unpark">;
  readonly haste: Haste;
}): Parking {
  const { clock, random, feed, haste } = options;
  /** Keys behind which events wait on disk. */
  const behind = new Set<string>();
  let loads: readonly Load[] = [];

  function putBehind(load: Load): void {
    const key = keyOf(load);
    if (behind.has(key)) return;
    behind.add(key);
    feed.park(key);
  }

  function leave({ envelopes }: Load): void {
    for (const { key } of behind.size === 0 ? [] : envelopes) if (behind.delete(key)) feed.unpark(key);
  }

  return {
    count: () => loads.length,
    hasRoom: () => loads.length < places,
    putBehind,
    park(load) {
      putBehind(load);
      const due = clock.monotonic() + parkedBackoff(load.failures, random);
      loads = [...loads, { ...load, due, parked: true }];
    },
    putBack(load) {
      loads = [...loads, load];
    },
    due(now) {
      const load = loads.find((each) => haste.dueAt(each) <= now);
      if (load === undefined) return null;
      loads = loads.filter((each) => each !== load);
      return load;
    },
    dueAt: () => (loads.length === 0 ? null : Math.min(...loads.map(haste.dueAt))),
    leave,
    drop(isGone) {
      const gone = loads.filter(isGone);
      loads = loads.filter((load) => !gone.includes(load));
      return gone;
    },
    free(keys) {
      const freed = loads.filter((load) => keys.has(keyOf(load)));
      loads = loads.filter((load) => !freed.includes(load));
      return freed.map((load) => ({ ...load, parked: false }));
    },
  };
}

function keyOf({ envelopes }: Load): string {
  return envelopes[0]?.key ?? "";
}
