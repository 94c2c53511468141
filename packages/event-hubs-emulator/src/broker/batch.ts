import { partitionKeyOf, readAnnotations } from "./annotations.ts";
import { bytesAt, decodeError, endAt, SECTION, valueAt } from "./sections.ts";

/** The message format of a batch: an envelope whose data sections each hold one complete encoded message. */
export const BATCH_FORMAT = 0x80013700;

/** One transfer and where its events are in it; nothing is copied, and no object is made per event. */
export interface Batch {
  readonly bytes: Buffer;
  /** Where each event, a complete encoded message, begins and ends: start, end, start, end, … */
  readonly bounds: readonly number[];
  /** The key of the envelope, which decides over the partition of all. */
  readonly partitionKey: string | undefined;
}

/** Takes a batch apart; throws a DecodeError, also for an event whose sections do not fit together. */
export function openBatch(envelope: Buffer): Batch {
  const bounds: number[] = [];
  let annotations: Buffer | undefined;
  walk(envelope, 0, envelope.length, (code, start, value, end) => {
    if (code === SECTION.messageAnnotations) annotations = envelope.subarray(start, end);
    if (code !== SECTION.data) return;
    const event = bytesAt(envelope, value);
    if (walk(envelope, event, end) === 0) throw decodeError("an event is empty");
    bounds.push(event, end);
  });
  return { bytes: envelope, bounds, partitionKey: partitionKeyOf(readAnnotations(annotations)) };
}

/** A single message that came without an envelope, as a batch of one. */
export function singleMessage(message: Buffer): Batch {
  let annotations: Buffer | undefined;
  walk(message, 0, message.length, (code, start, _value, end) => {
    if (code === SECTION.messageAnnotations) annotations = message.subarray(start, end);
  });
  const partitionKey = partitionKeyOf(readAnnotations(annotations));
  return { bytes: message, bounds: [0, message.length], partitionKey };
}

type Visit = (code: number, start: number, value: number, end: number) => void;

/** Goes through the sections of a message that lies between `from` and `to`; returns how many there are. */
function walk(bytes: Buffer, from: number, to: number, visit?: Visit): number {
  let sections = 0;
  for (let start = from; start < to; sections++) {
    const value = valueAt(bytes, start);
    const end = endAt(bytes, value, to);
    visit?.(bytes[value - 1] ?? 0, start, value, end);
    start = end;
  }
  return sections;
}
