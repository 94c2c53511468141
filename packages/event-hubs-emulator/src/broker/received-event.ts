import rhea from "rhea";

import { SECTION } from "./sections.ts";
import { rawOf } from "./stored-event.ts";
import type { StoredEvent } from "./stored-event.ts";

/** An event as the emulator received it. It is decoded when a field other than its place is asked for. */
export interface ReceivedEvent {
  readonly hub: string;
  readonly partition: string;
  readonly sequenceNumber: number;
  /** As consumers see it: a number as text. */
  readonly offset: string;
  readonly enqueuedTime: Date;
  readonly partitionKey: string | undefined;
  /** The bytes of the data sections; empty if the body is an AMQP value or sequence. */
  readonly body: Buffer;
  /** A body that is an AMQP value or sequence. */
  readonly value: unknown;
  readonly contentType: string | undefined;
  readonly messageId: string | number | Buffer | undefined;
  readonly correlationId: string | number | Buffer | undefined;
  readonly subject: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly messageAnnotations: Readonly<Record<string, unknown>>;
  /** The complete encoded message. */
  readonly raw: Buffer;
}

type Decoded = Omit<
  ReceivedEvent,
  "hub" | "partition" | "sequenceNumber" | "offset" | "enqueuedTime" | "partitionKey" | "raw"
>;

/** The public form of a stored event. */
export function receivedEvent(hub: string, partition: string, event: StoredEvent): ReceivedEvent {
  let decoded: Decoded | undefined;
  const content = () => (decoded ??= decode(rawOf(event)));
  return {
    hub,
    partition,
    sequenceNumber: event.sequenceNumber,
    offset: String(event.offset),
    enqueuedTime: new Date(event.enqueuedAt),
    partitionKey: event.partitionKey,
    get raw() {
      return rawOf(event);
    },
    get body() {
      return content().body;
    },
    get value() {
      return content().value;
    },
    get contentType() {
      return content().contentType;
    },
    get messageId() {
      return content().messageId;
    },
    get correlationId() {
      return content().correlationId;
    },
    get subject() {
      return content().subject;
    },
    get applicationProperties() {
      return content().applicationProperties;
    },
    get messageAnnotations() {
      return content().messageAnnotations;
    },
  };
}

interface DataSection {
  readonly typecode: number;
  /** The Azure SDK writes a null where an event has no body. */
  readonly content: Buffer | null | readonly (Buffer | null)[];
}

function decode(raw: Buffer): Decoded {
  const message = rhea.message.decode(raw);
  const body: unknown = message["body"];
  const data = isData(body)
    ? Buffer.concat([body.content].flat().filter((part) => Buffer.isBuffer(part)))
    : undefined;
  return {
    body: data ?? Buffer.alloc(0),
    value: data === undefined ? (isSection(body) ? body.content : body) : undefined,
    contentType: message["content_type"],
    messageId: message["message_id"],
    correlationId: message["correlation_id"],
    subject: message["subject"],
    applicationProperties: message["application_properties"] ?? {},
    messageAnnotations: message["message_annotations"] ?? {},
  };
}

function isSection(body: unknown): body is { readonly typecode: number; readonly content: unknown } {
  return typeof body === "object" && body !== null && "typecode" in body && "content" in body;
}

function isData(body: unknown): body is DataSection {
  return isSection(body) && body.typecode === SECTION.data;
}
