import type { DatabaseSync } from "node:sqlite";
import { type Envelope, envelopeOf } from "./envelope.ts";

/** Reads events back in their order. */
export interface Reader {
  /** The next events above `after` that are not settled at a sink, at most `limit`, in order. */
  next(sink: string, after: number, limit: number): readonly Envelope[];
  /** How many events above a position are not settled at a sink, wanted or not. */
  pending(sink: string, position: number): number;
}

/** The reading side of the outbox; `last` is the highest place given out. */
export function createReader(database: DatabaseSync, last: () => number): Reader {
  const unsettled =
    "FROM event e WHERE seq > :after AND json <> '' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = e.seq AND d.sink = :sink)";
  const next = database.prepare(
    `SELECT seq, key, id, type, time, crc, json ${unsettled} ORDER BY seq LIMIT :limit`,
  );
  // Rows as arrays cost a third less than as objects, and a backlog has many.
  next.setReturnArrays(true);
  const count = database.prepare(`SELECT count(*) AS n ${unsettled}`);
  return {
    next: (sink, after, limit) =>
      // Every lane of every sink asks at every change; mostly there is nothing new.
      after >= last() ? [] : (next.all({ sink, after, limit }) as unknown as readonly Columns[]).map(read),
    pending: (sink, position) =>
      position >= last() ? 0 : Number(count.get({ sink, after: position })?.["n"]),
  };
}

type Columns = readonly [
  seq: number,
  key: string,
  id: string,
  type: string,
  time: number,
  crc: number,
  json: string,
];

function read([seq, key, id, type, time, crc, json]: Columns): Envelope {
  return envelopeOf({ seq, key, id, type, time, crc, json });
}
