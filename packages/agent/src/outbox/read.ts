import type { DatabaseSync } from "node:sqlite";
import { type Envelope, envelopeOf, type EventRow } from "./envelope.ts";

/** Reads events back in their order. */
export interface Reader {
  /** The next events above `after` that are not settled at a sink, at most `limit`, in order. */
  next(sink: string, after: number, limit: number): readonly Envelope[];
  /** How many events above a position are not settled at a sink, wanted or not. */
  pending(sink: string, position: number): number;
}

/** The reading side of the outbox. */
export function createReader(database: DatabaseSync): Reader {
  const unsettled =
    "FROM event e WHERE seq > :after AND json <> '' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = e.seq AND d.sink = :sink)";
  const next = database.prepare(
    `SELECT seq, key, id, type, time, crc, json ${unsettled} ORDER BY seq LIMIT :limit`,
  );
  const count = database.prepare(`SELECT count(*) AS n ${unsettled}`);
  return {
    next: (sink, after, limit) =>
      (next.all({ sink, after, limit }) as unknown as readonly EventRow[]).map(envelopeOf),
    pending: (sink, position) => Number(count.get({ sink, after: position })?.["n"]),
  };
}
