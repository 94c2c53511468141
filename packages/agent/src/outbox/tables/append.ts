import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import { severityNumber } from "@forewarn/sdk";
import type { EventDraft } from "../../normalize/draft.ts";
import type { Lifecycle } from "../../normalize/lifecycle.ts";
import type { Observer } from "../../source/observer.ts";
import { type Envelope, envelopeOf } from "../envelope.ts";
import { transaction } from "../state/transaction.ts";
import { encode, newRow } from "./encode.ts";

/** What is stored in one transaction with the events: what the source has to remember. */
export interface Remembered {
  readonly lifecycles?: readonly Lifecycle[];
  /** By name. */
  readonly checkpoints?: Readonly<Record<string, unknown>>;
}

/** Writes events. */
export interface Appender {
  /**
   * Stores events and what the source remembers in one durable transaction, and returns the events with their places.
   * Throws what SQLite throws; then nothing was stored.
   */
  append(drafts: readonly EventDraft[], observer: Observer, remembered: Remembered): readonly Envelope[];
  /** The highest place given out. */
  last(): number;
  /** Whether an event of this source and id is stored. */
  isTaken(source: string, id: string): boolean;
  /** Stores what the source remembers, in the caller's transaction. */
  remember(remembered: Remembered): void;
  /** Gives out no place up to this one any more. */
  advance(seq: number): void;
}

/** What another store holds, that this one goes on from. */
export interface Elsewhere {
  /** Its highest place. */
  readonly after: number;
  readonly isTaken: (source: string, id: string) => boolean;
}

/** The one writer of events: numbers them, encodes them and stores them with what the source remembers. */
export function createAppender(database: DatabaseSync, clock: Clock, elsewhere?: Elsewhere): Appender {
  const insert = database.prepare(
    "INSERT INTO event (seq, source, id, type, key, time, severity, urgent_from, deadline, crc, json) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (source, id) DO NOTHING",
  );
  const taken = database.prepare("SELECT 1 FROM event WHERE source = ? AND id = ?");
  const saveLifecycle = database.prepare(
    "INSERT OR REPLACE INTO lifecycle (event_id, json, gone_at) VALUES (?,?,?)",
  );
  const saveCheckpoint = database.prepare("INSERT OR REPLACE INTO checkpoint (name, json) VALUES (?,?)");
  let last = elsewhere?.after ?? lastSeq(database, clock);

  function isTaken(source: string, id: string): boolean {
    return taken.get(source, id) !== undefined || (elsewhere?.isTaken(source, id) ?? false);
  }

  /** Stores an event under an id; null where that is taken. */
  function tryStore(draft: EventDraft, observer: Observer, seq: number, id: string): Envelope | null {
    if (elsewhere?.isTaken(observer.source, id) === true) return null;
    const event = encode(draft, observer, seq, id);
    const row = newRow(event, draft, seq);
    const { key, type, time, urgentFrom, deadline, crc, json } = row;
    const rank = severityNumber(draft.rank);
    const { changes } = insert.run(
      seq,
      event.source,
      id,
      type,
      key,
      time,
      rank,
      urgentFrom,
      deadline,
      crc,
      json,
    );
    return Number(changes) === 0 ? null : envelopeOf(row, elsewhere === undefined, true);
  }

  /** Stores an event under its own id, or that with the first number that is free. */
  function store(draft: EventDraft, observer: Observer, seq: number): Envelope {
    let stored = tryStore(draft, observer, seq, draft.id);
    for (let use = 2; stored === null; use++) stored = tryStore(draft, observer, seq, `${draft.id}:${use}`);
    return stored;
  }

  function remember({ lifecycles = [], checkpoints = {} }: Remembered): void {
    for (const lifecycle of lifecycles) {
      saveLifecycle.run(lifecycle.eventId, JSON.stringify(lifecycle), lifecycle.goneAt);
    }
    for (const [name, value] of Object.entries(checkpoints)) saveCheckpoint.run(name, JSON.stringify(value));
  }

  return {
    append(drafts, observer, remembered) {
      const stored = transaction(database, () => {
        remember(remembered);
        return drafts.map((draft, index) => store(draft, observer, last + index + 1));
      });
      last += stored.length;
      return stored;
    },
    last: () => last,
    isTaken,
    remember,
    advance(seq) {
      last = Math.max(last, seq);
    },
  };
}

/** The highest place ever given out; a new file's first is unix ms × 1000, above every older file's. */
function lastSeq(database: DatabaseSync, clock: Clock): number {
  const row = database
    .prepare(
      "SELECT max(coalesce((SELECT max(seq) FROM event), 0), coalesce((SELECT max(position) FROM subscription), 0)) AS last",
    )
    .get();
  const last = Number(row?.["last"]);
  return last === 0 ? clock.now() * 1000 - 1 : last;
}
