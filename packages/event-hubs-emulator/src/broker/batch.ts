import { partitionKeyOf, readAnnotations } from "./annotations.ts";
import { dataOf, decodeError, SECTION, sectionsOf } from "./sections.ts";

/** The message format of a batch: an envelope whose data sections each hold one complete encoded message. */
export const BATCH_FORMAT = 0x80013700;

/** One transfer as its events. */
export interface Batch {
  /** Each event as its complete encoded message; parts of the transfer's bytes, not copies. */
  readonly events: readonly Buffer[];
  /** The key of the envelope, which decides over the partition of all. */
  readonly partitionKey: string | undefined;
}

/** Takes a batch apart; throws a DecodeError, also for an event whose sections do not fit together. */
export function openBatch(envelope: Buffer): Batch {
  const events: Buffer[] = [];
  let annotations: Buffer | undefined;
  for (const section of sectionsOf(envelope)) {
    if (section.code === SECTION.data) events.push(checkedEvent(dataOf(envelope, section)));
    if (section.code === SECTION.messageAnnotations)
      annotations = envelope.subarray(section.start, section.end);
  }
  return { events, partitionKey: partitionKeyOf(readAnnotations(annotations)) };
}

/** A single message that came without an envelope, as a batch of one. */
export function singleMessage(message: Buffer): Batch {
  for (const { code, start, end } of sectionsOf(message))
    if (code === SECTION.messageAnnotations)
      return {
        events: [message],
        partitionKey: partitionKeyOf(readAnnotations(message.subarray(start, end))),
      };
  return { events: [message], partitionKey: undefined };
}

/** Walks the sections of an event, whose values are decoded only when somebody asks. */
function checkedEvent(event: Buffer): Buffer {
  const { length } = [...sectionsOf(event)];
  if (length === 0) throw decodeError("an event is empty");
  return event;
}
