import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import { type DeadLetter, isLetter } from "../tables/dead-letter.ts";
import { type Envelope, envelopeOf, type EventRow } from "../envelope.ts";
import { transaction } from "../state/transaction.ts";

/** SQL: no running sink (`:sinks`, a JSON list of names) still lacks the event at this place. */
export const settled = (seq: string) =>
  `NOT EXISTS (SELECT 1 FROM subscription s WHERE s.sink IN (SELECT value FROM json_each(:sinks))
    AND s.position < ${seq} AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.seq = ${seq} AND o.sink = s.sink))`;

/** SQL: the event at this place is some sink's dead letter. */
export const spared = (seq: string) =>
  `EXISTS (SELECT 1 FROM delivery x WHERE x.seq = ${seq} AND ${isLetter("x")})`;

/** A place in the outbox, and how many bytes of JSON are there. */
export type Victim = Readonly<Record<string, SQLOutputValue>>;

/** Takes events out of the outbox in one round of retention; both return how many. */
export interface Round {
  /** Removes victims in their order while there is an excess of bytes, and no more. */
  remove(excess: (removed: number) => number, victims: () => readonly Victim[]): number;
  /**
   * Takes the payload of victims in their order while there is an excess of bytes, and leaves a dead letter at each of
   * those sinks that lack and want them.
   */
  evict(excess: (removed: number) => number, victims: () => readonly Victim[], losers: Losers): number;
}

/** Who loses what is evicted. */
export interface Losers {
  /** A JSON list of names. */
  readonly sinks: string;
  readonly wants: (sink: string, envelope: Envelope) => boolean;
  /** Is told of each dead letter. */
  readonly noted: (sink: string, seq: number) => void;
}

/** How many events are taken in one transaction. */
export const most = 500;

/** How many are taken in one round, so that it never holds up the poll for long; the rest goes in the next ones. */
const mostInRound = 10_000;

/** A page is free only when all of its events are gone: fewer at once would cost many transactions for one page. */
const fewest = { events: 10, bytes: 16_384 };

/** Prepares the removal of events. */
export function createRemoval(database: DatabaseSync, clock: Clock): () => Round {
  const remove = database.prepare("DELETE FROM event WHERE seq = ?");
  const rows = database.prepare("SELECT * FROM event WHERE seq BETWEEN ? AND ?");
  const insert = database.prepare(
    "INSERT INTO event (seq, source, id, type, key, time, severity, urgent_from, deadline, crc, json) VALUES (:seq, :source, :id, :type, :key, :time, :severity, :urgent_from, :deadline, :crc, :json)",
  );
  const note = database.prepare(
    "INSERT OR IGNORE INTO delivery (seq, sink, at, attempts, dead) SELECT ?1, sink, ?2, 0, ?3 FROM subscription WHERE sink IN (SELECT value FROM json_each(?4)) AND position < ?1 RETURNING sink",
  );
  const unnote = database.prepare("DELETE FROM delivery WHERE seq = ? AND sink = ?");

  /**
   * An UPDATE would leave each page as it is, half empty and never free. So the rows are removed and written again,
   * together with those that lie between them where these are few.
   */
  function empty(seqs: readonly number[], { sinks, wants }: Losers): readonly (readonly [string, number])[] {
    const at = clock.now();
    const dead: DeadLetter = { reason: "evicted", message: "the outbox was full", first: at, last: at };
    const emptied = new Set<unknown>(seqs);
    const envelopes: Envelope[] = [];
    const [from, to] = [Math.min(...seqs), Math.max(...seqs)];
    const ranges =
      to - from < 4 * seqs.length ? [[from, to] as const] : seqs.map((seq) => [seq, seq] as const);
    for (const range of ranges) {
      const written = rows.all(...range);
      for (const { seq } of written) remove.run(seq as number);
      for (const row of written) {
        if (emptied.has(row["seq"]))
          envelopes.push(envelopeOf({ ...row, urgentFrom: row["urgent_from"] } as unknown as EventRow));
        insert.run(
          emptied.has(row["seq"])
            ? { ...row, crc: 0, json: "", urgent_from: null, deadline: null }
            : { ...row },
        );
      }
    }
    return envelopes.flatMap((envelope) => {
      const { seq } = envelope;
      const noted = note.all(seq, at, JSON.stringify(dead), sinks).map(({ sink }) => String(sink));
      const unwanting = noted.filter((sink) => !wants(sink, envelope));
      for (const sink of unwanting) unnote.run(seq, sink);
      return noted.filter((sink) => !unwanting.includes(sink)).map((sink) => [sink, seq] as const);
    });
  }

  function prune(
    budget: { left: number },
    excess: (removed: number) => number,
    victims: () => readonly Victim[],
    take: (seqs: readonly number[]) => void,
  ): number {
    let total = 0;
    for (let over = excess(0); over > 0 && budget.left > 0; over = excess(total)) {
      const chosen: number[] = [];
      let taken = 0;
      for (const { seq, bytes } of victims()) {
        const isEnough = chosen.length >= fewest.events || taken >= fewest.bytes;
        if ((over <= 0 && isEnough) || chosen.length === budget.left) break;
        // An event takes up to twice its bytes of the file; what is left of the excess is seen in the next turn.
        over -= 2 * Number(bytes);
        taken += Number(bytes);
        chosen.push(Number(seq));
      }
      if (chosen.length === 0) break;
      take(chosen);
      budget.left -= chosen.length;
      total += chosen.length;
    }
    return total;
  }

  return () => {
    const budget = { left: mostInRound };
    return {
      remove: (excess, victims) =>
        prune(budget, excess, victims, (seqs) =>
          transaction(database, () => {
            for (const seq of seqs) remove.run(seq);
          }),
        ),
      evict(excess, victims, losers) {
        if (excess(0) <= 0) return 0;
        // Rows are removed for a moment, which must not take their settlements along.
        database.exec("PRAGMA foreign_keys = OFF");
        try {
          return prune(budget, excess, victims, (seqs) => {
            const letters = transaction(database, () => empty(seqs, losers));
            for (const [sink, seq] of letters) losers.noted(sink, seq);
          });
        } finally {
          database.exec("PRAGMA foreign_keys = ON");
        }
      },
    };
  };
}
