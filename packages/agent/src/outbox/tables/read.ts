import type { DatabaseSync } from "node:sqlite";
import { type Envelope, envelopeOf, type EventRow } from "../envelope.ts";
import { isLetter } from "./dead-letter.ts";

/** Whether any stored event is urgent, whoever has it already, and when that may change. */
export interface UrgencyWindow {
  readonly open: boolean;
  /** Epoch milliseconds; null: not before another event is stored. */
  readonly changesAt: number | null;
}

/** What lies beyond a position, told by two look-ups however much it is. */
export interface Beyond {
  /** How many places there are from the first to the last: as many events, but for those that were evicted between. */
  readonly places: number;
  /** When the first of them was observed, epoch milliseconds; null where there is none. */
  readonly oldest: number | null;
}

/** Reads events back in their order. */
export interface Reader {
  /** The next events above `after` that are not settled at a sink, at most `limit`, in order. */
  next(sink: string, after: number, limit: number): readonly Envelope[];
  /** How many events above a position are not settled at a sink, wanted or not. */
  pending(sink: string, position: number): number;
  /** What lies beyond a position, settled or not. */
  beyond(position: number): Beyond;
  /** How many dead letters a sink has, counted up to `most`: 10,000 take 10 ms. */
  deadLetters(sink: string, most: number): number;
  /** The keys of stories that are urgent at `now` (epoch milliseconds), by events above a position, whoever has them. */
  urgentKeys(position: number, now: number): readonly string[];
  /** What of these keys above a position is not settled at a sink, in order. */
  ofKeys(sink: string, position: number, keys: readonly string[], limit: number): readonly Envelope[];
  /** What at these places is not settled at a sink, in order. */
  ofPlaces(sink: string, places: readonly number[]): readonly Envelope[];
  /** What is not settled at a sink although its deadline fell in `after` < deadline ≤ `until`. */
  missed(
    sink: string,
    position: number,
    span: { readonly after: number; readonly until: number },
  ): readonly Envelope[];
  urgency(now: number): UrgencyWindow;
}

const columns = "seq, key, id, type, time, urgent_from, deadline, crc, json";

/** The reading side of the outbox; `last` is the highest place given out. */
export function createReader(database: DatabaseSync, last: () => number, durable: boolean): Reader {
  const unsettled =
    "FROM event e WHERE seq > :after AND json <> '' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = e.seq AND d.sink = :sink)";
  const list = (sql: string) => {
    const statement = database.prepare(sql);
    // Rows as arrays cost a third less than as objects, and a backlog has many.
    statement.setReturnArrays(true);
    return (values: Readonly<Record<string, string | number>>) =>
      (statement.all({ ...values }) as unknown as readonly Columns[]).map((columns) =>
        envelopeOf(rowOf(columns), durable),
      );
  };
  const next = list(`SELECT ${columns} ${unsettled} ORDER BY seq LIMIT :limit`);
  const count = database.prepare(`SELECT count(*) AS n ${unsettled}`);
  const beyond = database.prepare(
    `SELECT seq, time, (SELECT max(seq) FROM event) AS last FROM event
      WHERE seq > :after AND json <> '' ORDER BY seq LIMIT 1`,
  );
  const deadLetters = database.prepare(
    `SELECT count(*) AS n FROM
      (SELECT 1 FROM delivery d INDEXED BY delivery_dead WHERE ${isLetter("d")} AND sink = ? LIMIT ?)`,
  );
  const urgentKeys = database.prepare(
    "SELECT DISTINCT key FROM event WHERE deadline > :now AND urgent_from <= :now AND seq > :after",
  );
  const ofKeys = list(
    `SELECT ${columns} ${unsettled} AND key IN (SELECT value FROM json_each(:keys)) ORDER BY seq LIMIT :limit`,
  );
  const ofPlaces = list(
    `SELECT ${columns} ${unsettled} AND seq IN (SELECT value FROM json_each(:places)) ORDER BY seq`,
  );
  const missed = list(
    `SELECT ${columns} ${unsettled} AND seq IN
      (SELECT seq FROM event WHERE deadline > :before AND deadline <= :until) ORDER BY seq LIMIT 1000`,
  );
  const bounds = database.prepare(
    "SELECT min(urgent_from) FILTER (WHERE urgent_from > :now) AS opens, min(deadline) AS closes, count(*) FILTER (WHERE urgent_from <= :now) AS n FROM event WHERE deadline > :now",
  );
  let window: UrgencyWindow = { open: false, changesAt: null };
  let seen = -1;
  let seenAt = Number.POSITIVE_INFINITY;

  function urgency(now: number): UrgencyWindow {
    const { changesAt } = window;
    // Every lane asks at every turn; a clock that went back makes old answers wrong.
    if (seen === last() && now >= seenAt && (changesAt === null || now < changesAt)) return window;
    const { opens, closes, n } = bounds.get({ now }) as Readonly<
      Record<"opens" | "closes" | "n", number | null>
    >;
    const changes = [opens, closes].filter((at) => at !== null);
    window = { open: Number(n) > 0, changesAt: changes.length === 0 ? null : Math.min(...changes) };
    [seen, seenAt] = [last(), now];
    return window;
  }

  return {
    // Every lane of every sink asks at every change; mostly there is nothing new.
    next: (sink, after, limit) => (after >= last() ? [] : next({ sink, after, limit })),
    pending: (sink, position) =>
      position >= last() ? 0 : Number(count.get({ sink, after: position })?.["n"]),
    beyond(position) {
      const row = position >= last() ? undefined : beyond.get({ after: position });
      if (row === undefined) return { places: 0, oldest: null };
      return { places: Number(row["last"]) - Number(row["seq"]) + 1, oldest: Number(row["time"]) };
    },
    deadLetters: (sink, most) => Number(deadLetters.get(sink, most)?.["n"]),
    urgentKeys: (position, now) =>
      urgency(now).open && position < last()
        ? urgentKeys.all({ now, after: position }).map(({ key }) => String(key))
        : [],
    ofKeys: (sink, position, keys, limit) =>
      position >= last() ? [] : ofKeys({ sink, after: position, keys: JSON.stringify(keys), limit }),
    ofPlaces: (sink, places) => ofPlaces({ sink, after: -1, places: JSON.stringify(places) }),
    missed: (sink, position, { after, until }) =>
      position >= last() ? [] : missed({ sink, after: position, before: after, until }),
    urgency,
  };
}

/** What two stores, read as one, say together. */
export function widest(a: UrgencyWindow, b: UrgencyWindow): UrgencyWindow {
  const changes = [a.changesAt, b.changesAt].filter((at) => at !== null);
  return { open: a.open || b.open, changesAt: changes.length === 0 ? null : Math.min(...changes) };
}

type Columns = readonly [
  seq: number,
  key: string,
  id: string,
  type: string,
  time: number,
  urgentFrom: number | null,
  deadline: number | null,
  crc: number,
  json: string,
];

function rowOf([seq, key, id, type, time, urgentFrom, deadline, crc, json]: Columns): EventRow {
  return { seq, key, id, type, time, urgentFrom, deadline, crc, json };
}
