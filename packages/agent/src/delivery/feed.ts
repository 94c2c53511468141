import type { Envelope } from "../outbox/envelope.ts";
import type { Reader } from "../outbox/read.ts";
import type { Settlement, Settler } from "../outbox/settle.ts";
import type { Route } from "../router/router.ts";

/** How large one batch may be. */
export interface BatchSize {
  readonly maxEvents: number;
  /** Of JSON in UTF-8; an event larger than this travels alone. */
  readonly maxBytes: number;
}

/** One sink's reading of the outbox: hands out what it wants, in order, and keeps its position. */
export interface Feed {
  /**
   * Reads on where fewer than `count` events can be taken, a bounded number at a time; true where there may be more to
   * read, which the caller does when others had their turn.
   */
  fill(count: number): boolean;
  /** Whether what was read makes a batch. */
  ready(size: BatchSize): "nothing" | "some" | "full";
  /**
   * The next events that may travel together, or an empty list: no event of a key that is under way, and none that
   * would overtake one. They are under way until they are settled, or for good where that never happens.
   */
  take(size: BatchSize): readonly Envelope[];
  /** Notes events as finished. */
  settle(envelopes: readonly Envelope[], settlement: (envelope: Envelope) => Settlement): void;
  /** How many events are not finished. Exact while all that is left has been read; else it counts unwanted ones too. */
  left(): number;
  /** Everything at or below is finished. */
  position(): number;
}

/** How many events are read at once. */
const page = 1000;
/** Bounds what is held in memory, whatever the backlog; one key that is under way may fill it. */
const mostWaiting = 5000;

/** Opens a sink's feed at its stored position. */
export function createFeed(options: {
  readonly sink: string;
  readonly outbox: Pick<Reader, "next" | "pending"> & Pick<Settler, "settle">;
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

  /** Reads one page; true where there may be another. */
  function readOn(): boolean {
    if (waiting.length - head >= mostWaiting) return false;
    const rows = outbox.next(sink, read, page);
    waiting = waiting.slice(head);
    head = 0;
    for (const row of rows) {
      // What is damaged cannot be asked what it is; it is handed out, so that somebody says so.
      if (row.intact && !wants(row)) continue;
      waiting.push(row);
      open.add(row.seq);
    }
    read = rows.at(-1)?.seq ?? read;
    if (open.size === 0) keepPosition([]);
    return rows.length === page;
  }

  /** The waiting events whose keys are free, in order, up to the end of what may be one batch. */
  function batch({ maxEvents, maxBytes }: BatchSize) {
    const taken: Envelope[] = [];
    const passed: Envelope[] = [];
    let bytes = 0;
    let index = head;
    let full = false;
    for (; index < waiting.length && !full; index++) {
      const envelope = waiting[index] as Envelope;
      if (busyKeys.has(envelope.key)) {
        passed.push(envelope);
        continue;
      }
      bytes += Buffer.byteLength(envelope.json);
      if (taken.length > 0 && bytes > maxBytes) {
        full = true;
        break;
      }
      taken.push(envelope);
      full = taken.length === maxEvents || bytes >= maxBytes;
    }
    return { taken, passed, full, end: index };
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

  return {
    fill(count) {
      let free = 0;
      for (let index = head; index < waiting.length && free < count; index++) {
        if (!busyKeys.has((waiting[index] as Envelope).key)) free++;
      }
      return free < count && readOn();
    },
    ready(size) {
      const { taken, full } = batch(size);
      if (full) return "full";
      return taken.length === 0 ? "nothing" : "some";
    },
    take(size) {
      const { taken, passed, end } = batch(size);
      if (passed.length === 0) head = end;
      else waiting.splice(head, end - head, ...passed);
      for (const { key } of taken) busyKeys.set(key, (busyKeys.get(key) ?? 0) + 1);
      return taken;
    },
    settle(envelopes, settlement) {
      for (const { seq, key } of envelopes) {
        open.delete(seq);
        const left = (busyKeys.get(key) ?? 1) - 1;
        if (left === 0) busyKeys.delete(key);
        else busyKeys.set(key, left);
      }
      keepPosition(envelopes.map(settlement));
    },
    left() {
      const unread = waiting.length - head >= mostWaiting || readOn();
      return open.size + (unread ? outbox.pending(sink, read) : 0);
    },
    position,
  };
}
