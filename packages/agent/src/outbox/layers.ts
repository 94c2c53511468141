import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Quarantine } from "./repair/quarantine.ts";
import type { Retention } from "./retention/retention.ts";
import { failureOf } from "./state/failure.ts";
import { transaction } from "./state/transaction.ts";
import type { Announcements } from "./tables/announcement.ts";
import type { Appender } from "./tables/append.ts";
import { copyEvents } from "./tables/copy.ts";
import type { Knowledge } from "./tables/knowledge.ts";
import type { Marks } from "./tables/marks.ts";
import { type Reader, widest } from "./tables/read.ts";
import type { Settlement, Settler } from "./tables/settle.ts";
import type { Wish, Wishes } from "./tables/wishes.ts";
import type { Envelope } from "./envelope.ts";
import type { Loss } from "./loss.ts";
import { peek } from "./peek.ts";
import { openMemory, type Store, type StoreOptions } from "./store.ts";

/** What became of the state directory. */
export type Degradation =
  | { readonly reason: "disk" | "deleted"; readonly message: string }
  | { readonly reason: "damage"; readonly message: string; readonly quarantine: Quarantine };

/** Two stores, seen as one. */
export interface Layers
  extends
    Pick<Appender, "append" | "last">,
    Announcements,
    Knowledge,
    Omit<Reader, "ofKeys" | "urgentKeys">,
    Settler,
    Marks,
    Wishes,
    Retention {
  /** The stories that are urgent at `now` (epoch milliseconds), whole: what of them above a position is not settled at a sink. */
  urgent(sink: string, position: number, now: number, limit: number): readonly Envelope[];
  /** A sink's position as it was last noted, or as a file that opened late has it. */
  positionOf(sink: string): number;
  /** Whether events are kept only in memory. */
  degraded(): boolean;
  /** Syncs to disk all that is written; false where that fails, or something is kept only in memory. */
  sync(): boolean;
  /** Tries the disk again and brings to it what is in memory; true where nothing is kept in memory any more. */
  restore(): boolean;
  /** Goes on with another file, which has all that the one before had; nothing happens where none is open. */
  move(to: (from: Store) => Store): void;
  /** What stands only in memory above a position and is not settled at a sink, in order. */
  unsaved(sink: string, position: number): readonly Envelope[];
  /** Writes what is still gathered, after one more attempt at the disk where it is needed; null where nothing is lost. */
  close(): Loss | null;
}

/** What the layers are made of. */
export interface LayerOptions extends StoreOptions {
  readonly path: string;
  /** The store in the file; null where the disk did not let it be opened. */
  readonly disk: Store | null;
  readonly openDisk: () => Store;
  /** Makes a new file of what is whole of a damaged one, which is closed. */
  readonly renew: (cause: unknown) => Store;
  readonly tell: (trouble: Degradation) => void;
}

const mostInMemory = 10_000;
const mostBytesInMemory = 16e6;

/**
 * The outbox as two stores: the file, and, while the disk fails, one in memory whose events come after all of the
 * file's. Whoever reads sees one.
 */
export function createLayers(options: LayerOptions): Layers {
  const { path, clock, limits, onError, tell } = options;
  let { disk } = options;
  let memory: Store | null = null;
  let held = { events: 0, bytes: 0 };
  /** The newest of what the source remembers, for the disk, while it is away. */
  let remembered = nothingRemembered();
  const positions = new Map<string, number>();
  /** Where sinks began before a file could be opened. */
  const unread = new Map<string, "now" | "start">();

  /** The highest place of a damaged file that could not be replaced. */
  let lastOfDisk = 0;
  /** What the file said at the start, where it cannot be opened. */
  let peeked = disk === null ? peek(path) : null;

  function goToMemory(): Store {
    const after = disk?.last() ?? Math.max(peeked?.last ?? 0, lastOfDisk, clock.now() * 1000 - 1);
    const isTaken = (source: string, id: string) =>
      reading((store) => store.isTaken(source, id), peeked?.isTaken(source, id) ?? false);
    return (memory ??= openMemory({ clock, limits, onError, after, isTaken }));
  }

  /** What the file says, or `otherwise` where there is none; a damaged one is replaced first. */
  function reading<T>(read: (store: Store) => T, otherwise: T): T {
    if (disk === null) return otherwise;
    try {
      return read(disk);
    } catch (error) {
      if (failureOf(error, path) !== "damage") throw error;
      return read(replaceDisk(error));
    }
  }

  /** What each store says, the file first. */
  function each<T>(read: (store: Store) => T): readonly T[] {
    const ofDisk = disk === null ? [] : [reading<T | null>(read, null) as T];
    return memory === null ? ofDisk : [...ofDisk, read(memory)];
  }

  function replaceDisk(cause: unknown): Store {
    try {
      disk?.close();
    } catch {
      // What it gathered and cannot write any more is delivered twice.
    }
    // Where there is no room for another one either, memory goes on.
    lastOfDisk = disk?.last() ?? lastOfDisk;
    disk = null;
    disk = options.renew(cause);
    for (const [sink, position] of positions) disk.settle(sink, [], position);
    return disk;
  }

  function appendToMemory(...[drafts, observer, more]: Parameters<Store["append"]>): readonly Envelope[] {
    if (held.events + drafts.length > mostInMemory || held.bytes > mostBytesInMemory) {
      throw new Error(
        `the state directory cannot be written, and memory holds as much as it may: ${held.events} events`,
      );
    }
    const envelopes = goToMemory().append(drafts, observer, {});
    for (const lifecycle of more.lifecycles ?? []) remembered.lifecycles.set(lifecycle.eventId, lifecycle);
    Object.assign(remembered.checkpoints, more.checkpoints);
    held = {
      events: held.events + envelopes.length,
      bytes: envelopes.reduce((sum, { json }) => sum + json.length, held.bytes),
    };
    return envelopes;
  }

  function append(...call: Parameters<Store["append"]>): readonly Envelope[] {
    if (memory === null && disk !== null) {
      try {
        return disk.append(...call);
      } catch (error) {
        const failure = failureOf(error, path);
        if (failure === "other") throw error;
        if (failure === "damage") return replaceDisk(error).append(...call);
        tell({ reason: "disk", message: (error as Error).message });
      }
    }
    return appendToMemory(...call);
  }

  /** Writes into the file, in one transaction, all that memory holds; returns why not where that fails. */
  function save(): Error | null {
    if (memory === null && disk !== null) return null;
    peeked?.close();
    peeked = null;
    try {
      disk ??= options.openDisk();
      copy(memory, disk);
    } catch (error) {
      return error as Error;
    }
    memory?.close();
    memory = null;
    held = { events: 0, bytes: 0 };
    remembered = nothingRemembered();
    // What a file that could not be opened before holds was not read yet.
    for (const [sink, from] of unread) positions.set(sink, disk.subscribe(sink, from));
    unread.clear();
    for (const [sink, position] of positions) disk.settle(sink, [], position);
    return null;
  }

  function restore(): boolean {
    const failure = save();
    if (failure !== null && failureOf(failure, path) === "other") throw failure;
    return failure === null;
  }

  function copy(from: Store | null, to: Store): void {
    from?.flush();
    const lifecycles = [...remembered.lifecycles.values()];
    transaction(to.database, () => {
      if (from !== null) copyEvents(from.database, to.database);
      to.remember({ lifecycles, checkpoints: remembered.checkpoints });
    });
    to.advance(from?.last() ?? 0);
  }

  function settle(sink: string, settlements: readonly Settlement[], position: number): void {
    positions.set(sink, position);
    const first = memory === null ? Number.POSITIVE_INFINITY : (disk?.last() ?? 0) + 1;
    const ofDisk = settlements.filter(({ seq }) => seq < first);
    memory?.settle(
      sink,
      settlements.filter(({ seq }) => seq >= first),
      position,
    );
    disk?.settle(sink, ofDisk, Math.min(position, first - 1));
  }

  return {
    append,
    last: () => memory?.last() ?? disk?.last() ?? 0,
    lifecycles: () => reading((store) => store.lifecycles(), peeked?.knowledge.lifecycles() ?? new Map()),
    checkpoint: <T>(name: string) =>
      // What is remembered may be null.
      Object.hasOwn(remembered.checkpoints, name)
        ? (remembered.checkpoints[name] as T | null)
        : reading((store) => store.checkpoint<T>(name), peeked?.knowledge.checkpoint<T>(name) ?? null),
    next(sink, after, limit) {
      const rows = reading((store) => store.next(sink, after, limit), []);
      if (memory === null || rows.length === limit) return rows;
      return [...rows, ...memory.next(sink, after, limit - rows.length)];
    },
    pending: (sink, position) => sum(each((store) => store.pending(sink, position))),
    beyond(position) {
      const parts = each((store) => store.beyond(position));
      return {
        places: sum(parts.map(({ places }) => places)),
        oldest: parts.find(({ oldest }) => oldest !== null)?.oldest ?? null,
      };
    },
    deadLetters: (sink, most) => sum(each((store) => store.deadLetters(sink, most))),
    urgent(sink, position, now, limit) {
      const keys = each((store) => store.urgentKeys(position, now)).flat();
      if (keys.length === 0) return [];
      return each((store) => store.ofKeys(sink, position, keys, limit))
        .flat()
        .slice(0, limit);
    },
    ofPlaces: (sink, places) => reading((store) => store.ofPlaces(sink, places), []),
    marked: () => reading((store) => store.marked(), false),
    replays: (sink) => reading((store) => store.replays(sink), []),
    wishes: () => reading<ReadonlyMap<string, Wish>>((store) => store.wishes(), new Map()),
    forgetWishes: (before) => reading((store) => store.forgetWishes(before), undefined),
    announcement: (eventId, occurrence) => reading((store) => store.announcement(eventId, occurrence), null),
    settlement: (seq, sink) => reading((store) => store.settlement(seq, sink), null),
    missed: (sink, position, span) => each((store) => store.missed(sink, position, span)).flat(),
    urgency: (now) => each((store) => store.urgency(now)).reduce(widest, { open: false, changesAt: null }),
    subscribe(sink, from) {
      if (disk === null) unread.set(sink, from);
      const position = reading((store) => store.subscribe(sink, from), 0);
      positions.set(sink, position);
      return position;
    },
    settle,
    settling: (sink, seq) => each((store) => store.settling(sink, seq)).includes(true),
    retain: (...call) => reading((store) => store.retain(...call), { removed: 0, evicted: 0 }),
    crowded: () => reading((store) => store.crowded(), false),
    size: () => reading((store) => store.size(), 0),
    positionOf: (sink) => positions.get(sink) ?? 0,
    degraded: () => memory !== null || disk === null,
    sync() {
      try {
        reading((store) => store.sync(), undefined);
      } catch (error) {
        onError(error);
        return false;
      }
      return memory === null && disk !== null;
    },
    restore,
    move(to) {
      if (disk === null) return;
      disk.flush();
      disk = to(disk);
      for (const [sink, position] of positions) disk.settle(sink, [], position);
    },
    unsaved: (sink, position) => memory?.next(sink, position, mostInMemory) ?? [],
    close() {
      const { events } = held;
      const failure = memory === null ? null : save();
      peeked?.close();
      memory?.close();
      disk?.close();
      return failure === null || events === 0 ? null : { events, message: failure.message };
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function nothingRemembered(): {
  readonly lifecycles: Map<string, Lifecycle>;
  readonly checkpoints: Record<string, unknown>;
} {
  return { lifecycles: new Map(), checkpoints: {} };
}
