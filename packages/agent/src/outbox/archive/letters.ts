import type { DatabaseSync } from "node:sqlite";
import { uuidv7 } from "../../uuid.ts";
import { wholeText } from "../envelope.ts";
import { type Mark, markName } from "../tables/marks.ts";
import { type DeadLetter, deadLetterOf, type DeathReason } from "../tables/dead-letter.ts";
import { transaction } from "../state/transaction.ts";

/** A dead letter: an event that a sink will not get by itself any more. */
export interface Letter extends DeadLetter {
  readonly sink: string;
  /** The event's own. */
  readonly id: string;
  readonly type: string;
  /** Of a scheduled event its EventId in lower case. */
  readonly key: string;
  /** When it was observed, epoch milliseconds. */
  readonly time: number;
  /** When it was given up, or put away, epoch milliseconds. */
  readonly at: number;
  readonly attempts: number;
  /** The event as JSON text; null where it is gone or not what was written. */
  readonly json: string | null;
  /** Its place in the outbox. */
  readonly place: number;
}

/** Which dead letters are meant: those to which everything given applies. */
export interface LetterFilter {
  /** Ids of events; an EventId means every event of its story. */
  readonly ids?: readonly string[];
  readonly sink?: string;
  readonly reason?: DeathReason;
  /** Given up at or after this, epoch milliseconds. */
  readonly since?: number;
}

/** A dead letter that cannot be replayed, and why. */
export interface Refused {
  readonly letter: Letter;
  readonly why: string;
}

/** Reads dead letters, and changes them. */
export interface Letters {
  /** The dead letters that are meant, in the order of their ends; those put away only where they are asked for by id or reason. */
  letters(filter: LetterFilter): readonly Letter[];
  /**
   * Marks dead letters to be delivered again, under their ids; a running agent takes them over within a second, else the
   * next one does. What cannot be replayed is returned with the reason.
   */
  replay(filter: LetterFilter): {
    readonly replayed: readonly Letter[];
    readonly refused: readonly Refused[];
  };
  /** Puts dead letters away for good: they cannot be replayed, and no longer keep their event from ageing. */
  purge(filter: LetterFilter): readonly Letter[];
}

/** So many letters are changed in one transaction, since the agent waits for its end. */
const most = 1000;

type Place = Pick<Letter, "sink" | "place">;

const beginning: Place = { sink: "", place: -1 };

interface Part {
  readonly letters: readonly Letter[];
  /** Where to go on reading; null where that was all. */
  readonly next: Place | null;
}

/** The dead letters of an outbox file. */
export function createLetters(database: DatabaseSync): Letters {
  const page = database.prepare(
    `SELECT d.sink, d.seq, d.at, d.attempts, d.dead, e.id, e.type, e.key, e.time, e.crc, e.json
      FROM delivery d INDEXED BY delivery_dead JOIN event e ON e.seq = d.seq
      WHERE d.dead IS NOT NULL AND (:sink IS NULL OR d.sink = :sink) AND d.at >= :since
        AND (:ids IS NULL OR lower(e.id) IN (SELECT value FROM json_each(:ids)) OR lower(e.key) IN (SELECT value FROM json_each(:ids)))
        AND (d.sink, d.seq) > (:lastSink, :lastSeq)
      ORDER BY d.sink, d.seq LIMIT ${most}`,
  );

  function readPage(filter: LetterFilter, last: Place): readonly Letter[] {
    const { ids, sink = null, since = 0 } = filter;
    const rows = page.all({
      sink,
      since,
      ids: ids === undefined ? null : JSON.stringify(ids.map((id) => id.toLowerCase())),
      lastSink: last.sink,
      lastSeq: last.place,
    });
    return rows.map((row) => letterOf(row as unknown as Row));
  }

  function isMeant(letter: Letter, { ids, reason }: LetterFilter): boolean {
    if (reason !== undefined) return letter.reason === reason;
    return ids !== undefined || letter.reason !== "purged";
  }

  function readPart(filter: LetterFilter, after: Place): Part {
    const letters = readPage(filter, after);
    return {
      letters: letters.filter((letter) => isMeant(letter, filter)),
      next: letters.length === most ? (letters.at(-1) ?? null) : null,
    };
  }

  /** Takes all that is meant, a bounded number at a time, each part within one piece of work. */
  function each(
    filter: LetterFilter,
    take: (letters: readonly Letter[]) => void,
    within: (work: () => Part) => Part,
  ): void {
    for (let at: Place | null = beginning; at !== null;) {
      const after: Place = at;
      at = within(() => {
        const part = readPart(filter, after);
        take(part.letters);
        return part;
      }).next;
    }
  }

  const changing = (work: () => Part) => transaction(database, work);

  return {
    letters(filter) {
      const found: Letter[] = [];
      const take = (letters: readonly Letter[]) => void found.push(...letters);
      each(filter, take, (work) => work());
      return found.toSorted((a, b) => a.at - b.at || a.place - b.place);
    },
    replay(filter) {
      const done = { replayed: [] as Letter[], refused: [] as Refused[] };
      const remove = database.prepare("DELETE FROM delivery WHERE seq = ? AND sink = ?");
      const insert = database.prepare("INSERT INTO checkpoint (name, json) VALUES (?, ?)");
      const take = (letters: readonly Letter[]) => {
        const [replayed, refused] = sorted(letters);
        for (const { place, sink } of replayed) remove.run(place, sink);
        for (const mark of marksOf(replayed)) insert.run(markName(uuidv7(Date.now())), JSON.stringify(mark));
        done.replayed.push(...replayed);
        done.refused.push(...refused);
      };
      each(filter, take, changing);
      return done;
    },
    purge(filter) {
      const purged: Letter[] = [];
      const note = database.prepare(
        "UPDATE delivery SET at = ?, dead = json_set(dead, '$.reason', 'purged') WHERE seq = ? AND sink = ?",
      );
      const take = (letters: readonly Letter[]) => {
        const fresh = letters.filter(({ reason }) => reason !== "purged");
        for (const { place, sink } of fresh) note.run(Date.now(), place, sink);
        purged.push(...fresh);
      };
      each(filter, take, changing);
      return purged;
    },
  };
}

function sorted(letters: readonly Letter[]): readonly [readonly Letter[], readonly Refused[]] {
  const replayed: Letter[] = [];
  const refused: Refused[] = [];
  for (const letter of letters) {
    const why = whyNot(letter);
    if (why === null) replayed.push(letter);
    else refused.push({ letter, why });
  }
  return [replayed, refused];
}

function whyNot({ reason, json }: Letter): string | null {
  if (reason === "purged") return "it was purged: a person has put it away for good";
  if (reason === "evicted") return "it was evicted: the outbox was full, and its content is gone";
  return json === null ? "its text on disk is not what was written" : null;
}

function marksOf(letters: readonly Letter[]): readonly Mark[] {
  const bySink = Map.groupBy(letters, ({ sink }) => sink);
  return [...bySink].map(([sink, own]) => ({ sink, places: own.map(({ place }) => place) }));
}

interface Row {
  readonly sink: string;
  readonly seq: number;
  readonly at: number;
  readonly attempts: number;
  readonly dead: string;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: number;
  readonly crc: number;
  readonly json: string;
}

function letterOf({ dead, seq, crc, json, ...row }: Row): Letter {
  return { ...deadLetterOf(dead), ...row, json: wholeText(json, crc), place: seq };
}
