/** What a person wants one sink to get again, until it is settled. */
export interface Replays {
  /** Takes over places; those that are known are passed over. */
  add(places: readonly number[]): void;
  /** Whether the event at a place is replayed, and not settled. */
  has(seq: number): boolean;
  settled(seq: number): void;
  /** What is at these places cannot be delivered any more. */
  evicted(gone: ReadonlySet<number>): void;
  /** Takes the lowest of those that were not read yet. */
  take(count: number): readonly number[];
  /** How many were not read yet. */
  unread(): number;
  /** The lowest place that was not read yet. */
  lowest(): number | undefined;
}

/** Nothing is replayed yet. */
export function createReplays(): Replays {
  const places = new Set<number>();
  let unread: readonly number[] = [];
  return {
    add(given) {
      const fresh = given.filter((seq) => !places.has(seq));
      for (const seq of fresh) places.add(seq);
      if (fresh.length > 0) unread = [...unread, ...fresh].toSorted((a, b) => a - b);
    },
    has: (seq) => places.has(seq),
    settled: (seq) => void places.delete(seq),
    evicted(gone) {
      for (const seq of gone) places.delete(seq);
      unread = unread.filter((seq) => !gone.has(seq));
    },
    take(count) {
      const taken = unread.slice(0, count);
      unread = unread.slice(count);
      return taken;
    },
    unread: () => unread.length,
    lowest: () => unread[0],
  };
}
