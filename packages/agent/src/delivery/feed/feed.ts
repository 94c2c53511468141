import type { Envelope } from "../../outbox/envelope.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Settlement } from "../../outbox/tables/settle.ts";
import type { Route } from "../../router/router.ts";
import type { BatchSize } from "../sink-settings.ts";
import type { Backlog } from "./backlog.ts";
import { cutBatch } from "./cut-batch.ts";
import { createOpenPlaces } from "./open-places.ts";
import { createParkedKeys } from "./parked-keys.ts";
import { createReplays } from "./replays.ts";
import { createUrgentRows } from "./urgent-rows.ts";

/** What of a sink's events is urgent. */
export interface Urgent {
  /** Whole stories, in order, nothing of which is under way. */
  readonly free: readonly Envelope[];
  /** Of stories of which something is under way. */
  readonly held: readonly Envelope[];
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
   * would overtake one. They are under way until they are settled or released. What is replayed travels by itself.
   */
  take(size: BatchSize): readonly Envelope[];
  /** What is urgent at `now`, however long the backlog before it is; nothing is taken. */
  urgent(now: number): Urgent;
  /** Takes the first of these free events that make a batch. */
  claim(free: readonly Envelope[], size: BatchSize): readonly Envelope[];
  /** Takes back events that are under way, to be taken again in their order. */
  release(envelopes: readonly Envelope[]): void;
  /** Holds no later event of a key that is under way in memory until {@link unpark}; any number may wait behind it. */
  park(key: string): void;
  /** Reads what waited behind a key; whoever holds its events settles or releases them. */
  unpark(key: string): void;
  /** Hands out what a person wants the sink to get again, wanted or not; known places are passed over. */
  replay(places: readonly number[]): void;
  /** Whether an event is handed out where it is read. */
  wants(envelope: Envelope): boolean;
  /** Whether an event is handed out since a person wants it. */
  isReplayed(envelope: Pick<Envelope, "seq">): boolean;
  /** Reads again from a position, where something at or below what was read is to be delivered after all. */
  rewind(position: number): void;
  /** Lets go of what is at these places, since its content is gone; whoever holds such events has released them. */
  evicted(gone: ReadonlySet<number>): void;
  /** Notes events as finished. */
  settle(envelopes: readonly Envelope[], settlement: (envelope: Envelope) => Settlement): void;
  /** How many events are not finished. Exact while all that is left has been read; else it counts unwanted ones too. */
  left(): number;
  /** What is left, as far as it is known without reading on. */
  backlog(): Backlog;
  /** The places of what is not finished and stands only in memory. */
  unsaved(): readonly number[];
  /** Everything at or below is finished. */
  position(): number;
}

/** How many events are read at once: more would keep a sink waiting that has answered meanwhile. */
const page = 200;
/** How many of the urgent are looked at. */
const mostUrgent = 1000;
/** Bounds what is held in memory, whatever the backlog; one key that is under way may fill it. */
const mostWaiting = 5000;

const bySeq = (a: Envelope, b: Envelope) => a.seq - b.seq;

/** Opens a sink's feed at its stored position. */
export function createFeed(options: {
  readonly sink: string;
  readonly outbox: Pick<
    Outbox,
    | "beyond"
    | "last"
    | "next"
    | "ofPlaces"
    | "pending"
    | "settle"
    | "settling"
    | "unsaved"
    | "urgency"
    | "urgent"
  >;
  readonly position: number;
  readonly wants: Route;
}): Feed {
  const { sink, outbox, wants } = options;
  /** The last place that was read; it goes back where something is to be read again. */
  let read = options.position;
  /** The last place that was ever read. */
  let reached = options.position;
  /** Read and wanted, in order; those before `head` are handed out. */
  let waiting: Envelope[] = [];
  let head = 0;
  /** Handed out, waiting, or claimed although not read yet. */
  const open = createOpenPlaces();
  /** Claimed beyond what was ever read: reading passes over them. */
  const ahead = new Set<number>();
  const busyKeys = new Map<string, number>();
  const parked = createParkedKeys();
  const replays = createReplays();
  let stored = options.position;

  const isKnown = ({ seq }: Envelope) => ahead.has(seq) || open.has(seq) || outbox.settling(sink, seq);
  // What is damaged cannot be asked what it is; it is handed out, so that somebody says so.
  const isWanted = (row: Envelope) => !row.intact || replays.has(row.seq) || wants(row);
  const urgentRows = createUrgentRows({
    outbox,
    page: mostUrgent,
    read(now) {
      const rows = outbox.urgent(sink, position(), now, mostUrgent);
      return {
        rows: rows.filter((row) => !outbox.settling(sink, row.seq) && isWanted(row)),
        complete: rows.length < mostUrgent,
      };
    },
  });
  const isFull = () => waiting.length - head >= mostWaiting;

  function wait(rows: readonly Envelope[]): void {
    const inOrder = rows.length === 0 || (waiting.at(-1)?.seq ?? 0) < (rows[0] as Envelope).seq;
    waiting = waiting.slice(head);
    head = 0;
    for (const row of rows) waiting.push(row);
    if (!inOrder) waiting.sort(bySeq);
  }

  function keep(rows: readonly Envelope[], leave: (row: Envelope) => boolean): void {
    const fresh = rows.filter((row) => !isKnown(row) && isWanted(row) && !leave(row));
    for (const { seq } of fresh) open.add(seq);
    wait(fresh);
  }

  /** Reads what is replayed, which may lie far below what was read. */
  function readReplays(): void {
    if (replays.unread() > 0 && !isFull()) {
      keep(outbox.ofPlaces(sink, replays.take(page)), parked.leaveReplayed);
    }
  }

  /** Reads one page; true where there may be another. */
  function readOn(): boolean {
    if (isFull()) return false;
    const rows = outbox.next(sink, read, page);
    keep(rows, parked.leave);
    // Where this was all, what follows is finished already.
    read = rows.length === page ? (rows.at(-1) as Envelope).seq : Math.max(read, outbox.last());
    reached = Math.max(reached, read);
    for (const seq of ahead) if (seq <= reached) ahead.delete(seq);
    if (open.size() === 0) keepPosition([]);
    return rows.length === page;
  }

  /** The first events of a list that may travel together, those of busy keys passed by. */
  const cut = (rows: readonly Envelope[], from: number, size: BatchSize) =>
    cutBatch(rows, from, { ...size, isBusy: (key) => busyKeys.has(key), isReplayed: replays.has });

  function makeBusy(envelopes: readonly Envelope[]): void {
    for (const { key } of envelopes) busyKeys.set(key, (busyKeys.get(key) ?? 0) + 1);
  }

  function makeFree(envelopes: readonly Envelope[]): void {
    for (const { key } of envelopes) {
      const left = (busyKeys.get(key) ?? 1) - 1;
      if (left === 0) busyKeys.delete(key);
      else busyKeys.set(key, left);
    }
  }

  function position(): number {
    const none = Number.POSITIVE_INFINITY;
    const lowest = Math.min(open.lowest() ?? none, parked.lowest(), replays.lowest() ?? none);
    return Math.min(read, lowest - 1);
  }

  /** Passing events that nobody here wants moves the position without a settlement. */
  function keepPosition(settlements: readonly Settlement[]): void {
    const now = position();
    if (settlements.length === 0 && now === stored) return;
    stored = now;
    outbox.settle(sink, settlements, now);
  }

  function removeWaiting(isGone: (envelope: Envelope) => boolean): void {
    waiting = waiting.slice(head).filter((envelope) => !isGone(envelope));
    head = 0;
  }

  return {
    fill(count) {
      readReplays();
      let free = 0;
      for (let index = head; index < waiting.length && free < count; index++) {
        if (!busyKeys.has((waiting[index] as Envelope).key)) free++;
      }
      return free < count && (readOn() || (replays.unread() > 0 && !isFull()));
    },
    ready(size) {
      const { taken, full } = cut(waiting, head, size);
      if (full) return "full";
      return taken.length === 0 ? "nothing" : "some";
    },
    take(size) {
      const { taken, passed, end } = cut(waiting, head, size);
      if (passed.length === 0) head = end;
      else waiting.splice(head, end - head, ...passed);
      makeBusy(taken);
      return taken;
    },
    urgent(now) {
      const group = ({ key }: Envelope) => (busyKeys.has(key) ? "held" : "free");
      return { free: [], held: [], ...Object.groupBy(urgentRows.look(now), group) };
    },
    claim(free, size) {
      const { taken } = cut(free, 0, size);
      const claimed = new Set(taken.map(({ seq }) => seq));
      removeWaiting(({ seq }) => claimed.has(seq));
      for (const seq of claimed) {
        if (seq > reached) ahead.add(seq);
        open.add(seq);
      }
      makeBusy(taken);
      return taken;
    },
    release(envelopes) {
      makeFree(envelopes);
      const fresh: Envelope[] = [];
      for (const envelope of envelopes) {
        // What was claimed beyond what was read comes again when it is read. All else waits, also where reading went
        // back: later events of its key may be waiting, and must not pass it.
        if (ahead.delete(envelope.seq)) open.delete(envelope.seq);
        else fresh.push(envelope);
      }
      wait(fresh.toSorted(bySeq));
    },
    park(key) {
      const behind = waiting.slice(head).filter((row) => row.key === key);
      parked.park(key, behind, read);
      for (const { seq } of behind) open.delete(seq);
      removeWaiting((row) => row.key === key);
    },
    unpark(key) {
      const lowest = parked.unpark(key);
      if (lowest !== null) read = Math.min(read, lowest - 1);
    },
    replay(places) {
      replays.add(places.filter((seq) => !outbox.settling(sink, seq)));
      urgentRows.forget();
      keepPosition([]);
    },
    wants: isWanted,
    isReplayed: ({ seq }) => replays.has(seq),
    rewind(to) {
      urgentRows.forget();
      read = Math.min(read, to);
    },
    evicted(gone) {
      removeWaiting(({ seq }) => gone.has(seq));
      for (const seq of gone) open.delete(seq);
      replays.evicted(gone);
      urgentRows.forget();
      // Of what waits behind a key only the number is known.
      read = Math.min(read, parked.recount() - 1);
      keepPosition([]);
    },
    settle(envelopes, settlement) {
      urgentRows.settled(envelopes);
      for (const { seq } of envelopes) {
        open.delete(seq);
        replays.settled(seq);
      }
      makeFree(envelopes);
      keepPosition(envelopes.map(settlement));
    },
    left() {
      readReplays();
      const unread = isFull() || readOn();
      return open.size() + parked.count() + replays.unread() + (unread ? outbox.pending(sink, read) : 0);
    },
    backlog() {
      const unread = Math.max(0, outbox.beyond(read).places - ahead.size);
      const events = open.size() + parked.count() + replays.unread() + unread;
      return { events, oldest: events === 0 ? null : outbox.beyond(position()).oldest };
    },
    unsaved: () =>
      outbox
        .unsaved(sink, position())
        .filter((row) => !outbox.settling(sink, row.seq) && isWanted(row))
        .map(({ seq }) => seq),
    position,
  };
}
