import type { Envelope } from "../outbox/envelope.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Settlement } from "../outbox/settle.ts";
import type { Route } from "../router/router.ts";

/** How large one batch may be. */
export interface BatchSize {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** One sink's reading of the outbox: hands out what it wants, in order, and keeps its position. */
export interface Feed {
  /**
   * The next events that may travel together, or an empty list: no event of a key that is under way, and none that
   * would overtake one. They are under way until they are settled or given back.
   */
  take(size: BatchSize): readonly Envelope[];
  /** Notes events as finished. */
  settle(envelopes: readonly Envelope[], settlement: (envelope: Envelope) => Settlement): void;
  /** Frees the keys of events that stay on disk, not finished; they come again only after a restart. */
  release(envelopes: readonly Envelope[]): void;
  /** How many events wait to be taken, counted up to `limit`; some may have a key that is under way. */
  available(limit: number): number;
  /** How many events are not finished. Exact while all that is left has been read; else it counts unwanted ones too. */
  left(): number;
  /** Everything at or below is finished. */
  position(): number;
}

/** Bounds what is held in memory, whatever the backlog. */
const readAhead = 1000;

/** Opens a sink's feed at its stored position. */
export function createFeed(options: {
  readonly sink: string;
  readonly outbox: Pick<Outbox, "next" | "pending" | "settle">;
  readonly position: number;
  readonly wants: Route;
}): Feed {
  const { sink, outbox, wants } = options;
  /** The last place that was read. */
  let read = options.position;
  /** Read and wanted, in order; those before `head` are handed out. */
  let waiting: Envelope[] = [];
  let head = 0;
  /** Places handed out or waiting, in order, so that the first is the lowest. */
  const open = new Set<number>();
  const busyKeys = new Map<string, number>();
  let stored = options.position;

  function refill(): void {
    waiting = waiting.slice(head);
    head = 0;
    while (waiting.length < readAhead) {
      const rows = outbox.next(sink, read, readAhead);
      for (const row of rows) {
        if (!wants(row)) continue;
        waiting.push(row);
        open.add(row.seq);
      }
      read = rows.at(-1)?.seq ?? read;
      if (rows.length < readAhead) break;
    }
  }

  function position(): number {
    const lowest = open.values().next();
    return lowest.done === true ? read : lowest.value - 1;
  }

  /** Passing events that nobody here wants moves the position without a settlement. */
  function keepPosition(settlements: readonly Settlement[]): void {
    const now = position();
    if (settlements.length === 0 && now === stored) return;
    stored = now;
    outbox.settle(sink, settlements, now);
  }

  function free(envelopes: readonly Envelope[]): void {
    for (const { key } of envelopes) {
      const left = (busyKeys.get(key) ?? 1) - 1;
      if (left === 0) busyKeys.delete(key);
      else busyKeys.set(key, left);
    }
  }

  return {
    take({ maxEvents, maxBytes }) {
      if (waiting.length - head < maxEvents) refill();
      const taken: Envelope[] = [];
      const left: Envelope[] = [];
      const blocked = new Set(busyKeys.keys());
      let bytes = 0;
      let index = head;
      for (; index < waiting.length && taken.length < maxEvents; index++) {
        const envelope = waiting[index] as Envelope;
        const fits = taken.length === 0 || bytes + envelope.json.length <= maxBytes;
        if (blocked.has(envelope.key)) left.push(envelope);
        else if (!fits) break;
        else {
          taken.push(envelope);
          bytes += envelope.json.length;
        }
      }
      if (left.length === 0) head = index;
      else waiting.splice(head, index - head, ...left);
      for (const { key } of taken) busyKeys.set(key, (busyKeys.get(key) ?? 0) + 1);
      return taken;
    },
    settle(envelopes, settlement) {
      free(envelopes);
      for (const { seq } of envelopes) open.delete(seq);
      keepPosition(envelopes.map(settlement));
    },
    release: free,
    available(limit) {
      if (waiting.length - head < limit) refill();
      const count = Math.min(limit, waiting.length - head);
      if (count === 0) keepPosition([]);
      return count;
    },
    left: () => open.size + outbox.pending(sink, read),
    position,
  };
}
