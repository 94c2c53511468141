import type { Envelope } from "../../outbox/envelope.ts";

/** The keys that are held back, and how much of each waits on disk; of what waits nothing is kept in memory. */
export interface ParkedKeys {
  /** Parks a key of which these events, in order, were in memory; all up to `read` has been read. */
  park(key: string, rows: readonly Envelope[], read: number): void;
  /** Leaves an event that was read on disk where its key is parked; false where it is not. What is read again counts once. */
  leave(row: Envelope): boolean;
  /** The same of an event that was read out of its turn. */
  leaveReplayed(row: Envelope): boolean;
  /** Frees a key; the lowest place that waited behind it, or null. */
  unpark(key: string): number | null;
  /** Something behind the keys may be gone: it is to be read and counted again, from the returned place on, or infinity. */
  recount(): number;
  /** The lowest place behind any key, or infinity. */
  lowest(): number;
  /** How many events wait. */
  count(): number;
}

interface Behind {
  lowest: number;
  /** Everything up to this place was counted. */
  counted: number;
  count: number;
}

/** No key is parked at first. */
export function createParkedKeys(): ParkedKeys {
  const parked = new Map<string, Behind>();

  // Asked at every settlement: mostly nothing is parked, and nothing need be made.
  function lowestOf(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const behind of parked.values()) lowest = Math.min(lowest, behind.lowest);
    return lowest;
  }

  function add(behind: Behind, { seq }: Envelope): void {
    behind.lowest = Math.min(behind.lowest, seq);
    behind.counted = Math.max(behind.counted, seq);
    behind.count++;
  }

  return {
    park(key, rows, read) {
      const behind = { lowest: Number.POSITIVE_INFINITY, counted: read, count: 0 };
      for (const row of rows) add(behind, row);
      parked.set(key, behind);
    },
    leave(row) {
      const behind = parked.get(row.key);
      if (behind !== undefined && row.seq > behind.counted) add(behind, row);
      return behind !== undefined;
    },
    leaveReplayed(row) {
      const behind = parked.get(row.key);
      if (behind !== undefined) add(behind, row);
      return behind !== undefined;
    },
    unpark(key) {
      const behind = parked.get(key);
      parked.delete(key);
      return behind === undefined || behind.count === 0 ? null : behind.lowest;
    },
    recount() {
      const from = lowestOf();
      for (const key of from === Number.POSITIVE_INFINITY ? [] : parked.keys()) {
        parked.set(key, { lowest: Number.POSITIVE_INFINITY, counted: from - 1, count: 0 });
      }
      return from;
    },
    lowest: lowestOf,
    count() {
      let waiting = 0;
      for (const { count } of parked.values()) waiting += count;
      return waiting;
    },
  };
}
