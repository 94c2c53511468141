import { crc32 } from "node:zlib";
import type { ForewarnEvent } from "@forewarn/sdk";

/** A row of the table `event`, as the reading queries select it. */
export interface EventRow {
  readonly seq: number;
  /** Order holds within a key: the event's `subject`, else its `type`. */
  readonly key: string;
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Epoch milliseconds between which it is urgent; null: never. */
  readonly urgentFrom: number | null;
  readonly deadline: number | null;
  readonly crc: number;
  /** The event as JSON text, as stored. */
  readonly json: string;
}

/** An event with its place in the outbox. */
export interface Envelope extends Omit<EventRow, "crc"> {
  /** False where the text on disk is not what was written. */
  readonly intact: boolean;
  /** False where it stands only in memory, since the state directory cannot be written. */
  readonly durable: boolean;
  /** The event, parsed when first read. */
  readonly event: ForewarnEvent;
}

/** The JSON text of a row; null where it is gone or not what was written. */
export function wholeText(json: string, crc: number): string | null {
  return json !== "" && crc32(json) === crc ? json : null;
}

/** An envelope of a row; the checksum is compared here unless it was just made, the JSON is parsed only when asked for. */
export function envelopeOf(row: EventRow, durable = true, intact = crc32(row.json) === row.crc): Envelope {
  return new StoredEnvelope(row, durable, intact);
}

/** A class, since a literal with a getter costs six times as much, and a backlog makes many. */
class StoredEnvelope implements Envelope {
  readonly seq: number;
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly time: number;
  readonly urgentFrom: number | null;
  readonly deadline: number | null;
  readonly json: string;
  readonly intact: boolean;
  readonly durable: boolean;
  #event: ForewarnEvent | undefined;

  constructor(
    { seq, key, id, type, time, urgentFrom, deadline, json }: EventRow,
    durable: boolean,
    intact: boolean,
  ) {
    this.seq = seq;
    this.key = key;
    this.id = id;
    this.type = type;
    this.time = time;
    this.urgentFrom = urgentFrom;
    this.deadline = deadline;
    this.json = json;
    this.intact = intact;
    this.durable = durable;
  }

  get event(): ForewarnEvent {
    return (this.#event ??= deepFreeze(JSON.parse(this.json) as ForewarnEvent));
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
