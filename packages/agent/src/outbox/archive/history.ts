import type { DatabaseSync } from "node:sqlite";
import { type DeadLetter, deadLetterOf } from "../tables/dead-letter.ts";
import { wholeText } from "../envelope.ts";
import { isMark, type Mark } from "../tables/marks.ts";

/** What became of an event at one sink. */
export interface Passage {
  readonly sink: string;
  /** `pending`: not settled yet, or not looked at yet and not wanted. */
  readonly state: "delivered" | "dead" | "pending";
  /** When it was settled, epoch milliseconds. */
  readonly at?: number;
  /** How long after it was observed. */
  readonly afterMs?: number;
  readonly attempts?: number;
  readonly dead?: DeadLetter;
  /** A person has replayed it, and it is on its way. */
  readonly replayed?: true;
}

/** An event as the outbox remembers it. */
export interface HistoryEntry {
  readonly id: string;
  readonly type: string;
  /** Of a scheduled event its EventId in lower case. */
  readonly key: string;
  /** When it was observed, epoch milliseconds. */
  readonly time: number;
  /** The event as JSON text; null where it is gone or not what was written. */
  readonly json: string | null;
  /** By the names of the sinks; a sink that did not want the event is not among them. */
  readonly passages: readonly Passage[];
}

/** Which events are meant: those to which everything given applies. */
export interface HistoryFilter {
  /** Observed at or after this, epoch milliseconds. */
  readonly since?: number;
  /** Observed before this, epoch milliseconds. */
  readonly until?: number;
  /** Types as globs. */
  readonly types?: readonly string[];
  /** An event's id, or an EventId. */
  readonly id?: string;
  /** Only what this sink got, will get, or never will. */
  readonly sink?: string;
  /** The newest so many. */
  readonly limit: number;
}

/** Reads what was seen and forwarded. */
export interface History {
  /** The newest events that are meant, oldest first. */
  history(filter: HistoryFilter): readonly HistoryEntry[];
}

/** The history that an outbox file keeps, for as long as its retention says. */
export function createHistory(database: DatabaseSync): History {
  const events = database.prepare(
    `SELECT seq, id, type, key, time, crc, json FROM event e WHERE time >= :since AND time < :until
      AND (:id IS NULL OR lower(id) = :id OR lower(key) = :id)
      AND (:types IS NULL OR EXISTS (SELECT 1 FROM json_each(:types) WHERE e.type GLOB value))
      AND (:sink IS NULL OR EXISTS (SELECT 1 FROM delivery d WHERE d.seq = e.seq AND d.sink = :sink)
        OR seq > (SELECT position FROM subscription WHERE sink = :sink)
        OR seq IN (SELECT p.value FROM checkpoint c, json_each(c.json, '$.places') p WHERE ${isMark} AND c.json ->> 'sink' = :sink))
      ORDER BY seq DESC LIMIT :limit`,
  );
  const settled = database.prepare("SELECT sink, at, attempts, dead FROM delivery WHERE seq = ?");
  const subscriptions = database.prepare("SELECT sink, position FROM subscription");
  const marks = database.prepare(`SELECT json FROM checkpoint WHERE ${isMark}`);

  function passagesOf({ seq, time }: Row, wishes: Wishes): readonly Passage[] {
    const rows = settled.all(seq) as unknown as readonly SettledRow[];
    const over = new Set(rows.map(({ sink }) => sink));
    const open = [...wishes.positions]
      .filter(([sink, position]) => !over.has(sink) && (seq > position || wishes.isReplayed(sink, seq)))
      .map(([sink]): Passage => ({
        sink,
        state: "pending",
        ...(wishes.isReplayed(sink, seq) ? { replayed: true } : {}),
      }));
    const passages = [...rows.map((row) => passageOf(row, time)), ...open];
    return passages.toSorted((a, b) => (a.sink < b.sink ? -1 : 1));
  }

  function wishesNow(): Wishes {
    const replays = new Set<string>();
    for (const { json } of marks.all()) {
      const { sink, places } = JSON.parse(String(json)) as Mark;
      for (const place of places) replays.add(`${place} ${sink}`);
    }
    const positions = subscriptions
      .all()
      .map((row) => [String(row["sink"]), Number(row["position"])] as const);
    return { positions: new Map(positions), isReplayed: (sink, seq) => replays.has(`${seq} ${sink}`) };
  }

  return {
    history({ since = 0, until = Number.MAX_SAFE_INTEGER, types, id, sink, limit }) {
      const asked = {
        since,
        until,
        types: types === undefined ? null : JSON.stringify(types),
        id: id?.toLowerCase() ?? null,
        sink: sink ?? null,
        limit,
      };
      // One snapshot, whatever the agent does meanwhile.
      database.exec("BEGIN");
      try {
        const wishes = wishesNow();
        const rows = events.all(asked) as unknown as readonly Row[];
        return rows.toReversed().map((row) => ({
          ...entryOf(row),
          passages: passagesOf(row, wishes).filter((passage) => sink === undefined || passage.sink === sink),
        }));
      } finally {
        database.exec("COMMIT");
      }
    },
  };
}

interface Wishes {
  readonly positions: ReadonlyMap<string, number>;
  readonly isReplayed: (sink: string, seq: number) => boolean;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: number;
  readonly crc: number;
  readonly json: string;
}

interface SettledRow {
  readonly sink: string;
  readonly at: number;
  readonly attempts: number;
  readonly dead: string | null;
}

function entryOf({ id, type, key, time, crc, json }: Row): Omit<HistoryEntry, "passages"> {
  return { id, type, key, time, json: wholeText(json, crc) };
}

function passageOf({ sink, at, attempts, dead }: SettledRow, time: number): Passage {
  const settled = { sink, at, afterMs: at - time, attempts };
  return dead === null
    ? { ...settled, state: "delivered" }
    : { ...settled, state: "dead", dead: deadLetterOf(dead) };
}
