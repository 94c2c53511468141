import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "../envelope.ts";
import { isLetter } from "../tables/dead-letter.ts";
import { createRemoval, most, settled, spared } from "./removal.ts";

/** How much is kept. */
export interface Limits {
  /** How long finished events and gone lifecycles are kept, milliseconds. */
  readonly retentionMs: number;
  /** How many bytes of the file finished events may take. */
  readonly retentionBytes: number;
  /** How large the outbox may grow, bytes, beside what the source remembers. */
  readonly maxBytes: number;
}

/** What a round of retention removed. */
export interface Retained {
  readonly removed: number;
  /** Events that were removed before they were delivered. */
  readonly evicted: number;
  /** Which places became dead letters by that, by sink, also in a round before that failed; absent where none did. */
  readonly lost?: ReadonlyMap<string, readonly number[]>;
}

/** Keeps the outbox within its limits. */
export interface Retention {
  /**
   * Removes what the limits no longer allow, at most 10,000 events at a time; `sinks` are those that still hold events,
   * and what is at the places `underWay` is not evicted. An evicted event is the dead letter of those that want it.
   */
  retain(
    sinks: readonly string[],
    underWay?: readonly number[],
    wants?: (sink: string, envelope: Envelope) => boolean,
  ): Retained;
  /** Whether there is more than `maxBytes`, and more than the last round left. */
  crowded(): boolean;
  /** Bytes in use by the file. */
  size(): number;
}

// Events at or below the slowest running sink's position, without a dead letter that a person may want.
const finished = `seq <= :floor AND NOT ${spared("event.seq")}`;

/** Keeps the outbox within its limits: finished events first, then dead letters, then the least severe unsettled. */
export function createRetention(
  database: DatabaseSync,
  limits: Limits,
  clock: Clock,
  flush: () => void,
): Retention {
  const victims = (from: string) => database.prepare(`SELECT seq, octet_length(json) AS bytes FROM ${from}`);
  const begin = createRemoval(database, clock);

  const forget = database.prepare("DELETE FROM lifecycle WHERE gone_at IS NOT NULL AND gone_at < ?");
  const positions = database.prepare("SELECT sink, position FROM subscription");
  // The oldest first and the young among them spared: else each round would read the whole file for their time.
  const aged = victims(
    `(SELECT seq, time, json FROM event WHERE ${finished} ORDER BY seq LIMIT ${most}) WHERE time < :before`,
  );
  const traces = victims(`event WHERE json = '' AND time < :before LIMIT ${most}`);
  const oldest = victims(`event WHERE ${finished} ORDER BY seq LIMIT ${most}`);
  const between = victims(
    `event WHERE seq IN (SELECT seq FROM delivery d WHERE seq > :floor AND ${settled("d.seq")}) AND NOT ${spared("event.seq")} ORDER BY seq LIMIT ${most}`,
  );
  const dead = victims(
    `event WHERE json <> '' AND seq IN (SELECT seq FROM delivery d WHERE dead IS NOT NULL AND ${settled("d.seq")}) ORDER BY seq LIMIT ${most}`,
  );
  const unsettled = victims(
    `event WHERE json <> '' AND seq NOT IN (SELECT value FROM json_each(:spared)) ORDER BY severity, seq LIMIT ${most}`,
  );
  const census = database.prepare(
    `SELECT count(*) AS events, count(*) FILTER (WHERE seq <= :floor)
       - (SELECT count(DISTINCT seq) FROM delivery d INDEXED BY delivery_dead WHERE ${isLetter("d")} AND seq <= :floor) AS finished FROM event`,
  );
  const [pages, free, pageSize] = ["page_count", "freelist_count", "page_size"].map((name) => {
    const pragma = database.prepare(`PRAGMA ${name}`);
    return () => Number(pragma.get()?.[name]);
  }) as [() => number, () => number, () => number];
  const vacuum = database.prepare("PRAGMA incremental_vacuum");

  const remembered = database.prepare(
    `SELECT (SELECT coalesce(sum(octet_length(json)), 0) FROM lifecycle)
       + (SELECT coalesce(sum(octet_length(json)), 0) FROM checkpoint) AS bytes`,
  );

  const size = () => (pages() - free()) * pageSize();

  /** How many bytes of the file too many events take: what the source remembers cannot be removed for them. */
  function excessOf(): () => number {
    const fixed = size() <= limits.maxBytes ? 0 : Number(remembered.get()?.["bytes"]);
    return () => size() - fixed - limits.maxBytes;
  }

  function floorOf(sinks: readonly string[]): number {
    const held = positions.all().filter(({ sink }) => sinks.includes(String(sink)));
    return Math.min(Number.MAX_SAFE_INTEGER, ...held.map(({ position }) => Number(position)));
  }

  /** How many bytes of the file too many finished events take, by their share of all. */
  function finishedExcess(floor: number): (removed: number) => number {
    if (size() <= limits.retentionBytes) return () => 0;
    const count = census.get({ floor });
    const [events, finished] = [Number(count?.["events"]), Number(count?.["finished"])];
    return (removed) =>
      removed === events ? 0 : (size() * (finished - removed)) / (events - removed) - limits.retentionBytes;
  }

  let leftOver = 0;
  let lost = new Map<string, number[]>();

  function note(sink: string, seq: number): void {
    const own = lost.get(sink);
    if (own === undefined) lost.set(sink, [seq]);
    else own.push(seq);
  }

  return {
    size,
    crowded: () => size() > Math.max(limits.maxBytes, leftOver),
    retain(sinks, underWay = [], wants = () => true) {
      flush();
      const floor = floorOf(sinks);
      const running = JSON.stringify(sinks);
      const before = clock.now() - limits.retentionMs;
      const { remove, evict } = begin();
      const all = () => Number.POSITIVE_INFINITY;
      forget.run(before);
      const excess = excessOf();
      const removed =
        remove(all, () => aged.all({ floor, before })) +
        remove(all, () => traces.all({ before })) +
        remove(finishedExcess(floor), () => oldest.all({ floor })) +
        remove(excess, () => oldest.all({ floor })) +
        remove(excess, () => between.all({ floor, sinks: running })) +
        remove(excess, () => dead.all({ sinks: running }));
      const living = () => unsettled.all({ spared: JSON.stringify(underWay) });
      const evicted = evict(excess, living, { sinks: running, wants, noted: note });
      if (removed + evicted > 0) vacuum.all();
      leftOver = size();
      const told = lost;
      lost = new Map();
      return { removed, evicted, ...(told.size === 0 ? {} : { lost: told }) };
    },
  };
}
