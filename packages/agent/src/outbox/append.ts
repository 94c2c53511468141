import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Clock } from "@forewarn/sdk";
import { severityNumber } from "@forewarn/sdk";
import type { EventDraft } from "../normalize/draft.ts";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Observer } from "../source/observer.ts";
import { encode } from "./encode.ts";
import { type Envelope, envelopeOf } from "./envelope.ts";
import { transaction } from "./transaction.ts";

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
    "INSERT INTO event (seq, source, id, type, key, time, severity, urgent_from, deadline, crc, json) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
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

  function freeId(source: string, id: string): string {
    let free = id;
    for (let use = 2; isTaken(source, free); use++) free = `${id}:${use}`;
    return free;
  }

  function store(draft: EventDraft, observer: Observer, seq: number): Envelope {
    const event = encode(draft, observer, seq, freeId(observer.source, draft.id));
    const json = JSON.stringify(event);
    const row = {
      seq,
      key: event.subject ?? event.type,
      id: event.id,
      type: event.type,
      time: draft.time,
      urgentFrom: draft.urgency?.from ?? null,
      deadline: draft.urgency?.deadline ?? null,
      crc: crc32(json),
      json,
    };
    const rank = severityNumber(draft.rank);
    const { urgentFrom, deadline } = row;
    insert.run(
      seq,
      event.source,
      row.id,
      row.type,
      row.key,
      row.time,
      rank,
      urgentFrom,
      deadline,
      row.crc,
      json,
    );
    return envelopeOf(row, elsewhere === undefined);
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
