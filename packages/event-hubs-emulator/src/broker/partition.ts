import type { Batch } from "./batch.ts";
import type { Retention } from "./retention.ts";
import type { StoredEvent } from "./stored-event.ts";

/** One partition: its latest events in order. */
export interface Partition {
  readonly id: string;
  /** Sequence number of the oldest event that is kept, or of the next one if none is. */
  readonly first: number;
  /** Sequence number that the next event gets. */
  readonly next: number;
  /** The last event ever appended, though it may not be kept any more. */
  readonly last: StoredEvent | undefined;
  append(batch: Batch): readonly StoredEvent[];
  /** The kept event with this sequence number. */
  at(sequenceNumber: number): StoredEvent | undefined;
  /** The kept events, oldest first. */
  events(): readonly StoredEvent[];
  /** Sequence number of the first kept event for which the predicate, false before and true after some point, holds. */
  search(isAfter: (event: StoredEvent) => boolean): number;
  /** Called after each append; the returned function ends that. */
  onAppend(listener: () => void): () => void;
}

/** An empty partition. */
export function createPartition(id: string, retention: Retention, now: () => number): Partition {
  let log: StoredEvent[] = [];
  /** Events before it in `log` are let go; they are cut off now and then, not one by one. */
  let head = 0;
  /** Bytes of the events that are kept. */
  let kept = 0;
  let next = 0;
  let offset = 0;
  let last: StoredEvent | undefined;
  const listeners = new Set<() => void>();

  const trim = () => {
    while (log.length - head > retention.events || (kept > retention.bytes && log.length - head > 1)) {
      const oldest = log[head];
      if (oldest) kept -= oldest.end - oldest.start;
      head++;
    }
    if (head < 1024 || head * 2 < log.length) return;
    log = log.slice(head);
    head = 0;
  };

  const self: Partition = {
    id,
    get first() {
      return next - (log.length - head);
    },
    get next() {
      return next;
    },
    get last() {
      return last;
    },
    append({ bytes, bounds, partitionKey }) {
      const enqueuedAt = now();
      const stored: StoredEvent[] = [];
      for (let index = 0; index < bounds.length; index += 2) {
        const start = bounds[index] ?? 0;
        const end = bounds[index + 1] ?? start;
        const event = { bytes, start, end, sequenceNumber: next++, offset, enqueuedAt, partitionKey };
        offset += end - start;
        stored.push(event);
        log.push(event);
      }
      kept += offset - (stored[0]?.offset ?? offset);
      last = stored.at(-1) ?? last;
      trim();
      for (const listener of listeners) listener();
      return stored;
    },
    at: (sequenceNumber) =>
      sequenceNumber < self.first ? undefined : log[log.length - (next - sequenceNumber)],
    events: () => log.slice(head),
    search(isAfter) {
      let [low, high] = [self.first, next];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const event = self.at(middle);
        if (event !== undefined && isAfter(event)) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return self;
}
