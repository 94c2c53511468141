import { amqpTypes } from "../amqp/rhea.ts";
import { readAnnotations, writeAnnotations } from "./annotations.ts";
import type { Annotations } from "./annotations.ts";
import { isDecodeError, SECTION, sectionsOf } from "./sections.ts";
import { rawOf } from "./stored-event.ts";
import type { StoredEvent } from "./stored-event.ts";

/** An event as a consumer gets it: the broker's annotations laid over its own, all other sections byte for byte. */
export function deliveredMessage(event: StoredEvent, last: StoredEvent | undefined, now: number): Buffer {
  const raw = rawOf(event);
  let header: Buffer | undefined;
  let own: Buffer | undefined;
  let rest = raw.length;
  for (const { code, start, end } of sectionsOf(raw)) {
    if (code === SECTION.header) header = raw.subarray(start, end);
    if (code === SECTION.messageAnnotations) own = raw.subarray(start, end);
    if (code > SECTION.messageAnnotations) rest = Math.min(rest, start);
  }
  const annotations = writeAnnotations(SECTION.messageAnnotations, {
    ...ownAnnotations(own),
    "x-opt-sequence-number": amqpTypes.wrap_long(event.sequenceNumber),
    "x-opt-offset": amqpTypes.wrap_string(String(event.offset)),
    "x-opt-enqueued-time": amqpTypes.wrap_timestamp(event.enqueuedAt),
    ...(event.partitionKey !== undefined && {
      "x-opt-partition-key": amqpTypes.wrap_string(event.partitionKey),
    }),
  });
  const parts = [header, last && lastEnqueued(last, now), annotations, raw.subarray(rest)];
  return Buffer.concat(parts.filter((part) => part !== undefined));
}

/** What its sender annotated; of a map that cannot be decoded nothing, so that the event itself still arrives. */
function ownAnnotations(section: Buffer | undefined): Annotations {
  try {
    return readAnnotations(section);
  } catch (error) {
    if (!isDecodeError(error)) throw error;
    return {};
  }
}

/** What a receiver that asks for it is told with each event about the end of the partition. */
function lastEnqueued(last: StoredEvent, now: number): Buffer {
  return writeAnnotations(SECTION.deliveryAnnotations, {
    last_enqueued_sequence_number: amqpTypes.wrap_long(last.sequenceNumber),
    last_enqueued_offset: amqpTypes.wrap_string(String(last.offset)),
    last_enqueued_time_utc: amqpTypes.wrap_timestamp(last.enqueuedAt),
    runtime_info_retrieval_time_utc: amqpTypes.wrap_timestamp(now),
  });
}
