import {
  bodyOf,
  carriedApart,
  contentTypeOf,
  dataOf,
  formattedText,
  modeOf,
  typedAttribute,
} from "./cloudevents-binary.ts";
import { type CloudEvent, CloudEventError, checkEvent, decodeStructured } from "./cloudevents-json.ts";

/** One event as the parts of an AMQP 1.0 message that carry it; every AMQP library has names for them. */
export interface AmqpMessage {
  /** The message property `content-type`. */
  readonly contentType?: string;
  /** Attributes under `cloudEvents_<name>`, as canonical strings; empty in the structured mode. */
  readonly applicationProperties: Readonly<Record<string, string>>;
  /** The bytes of the data section. */
  readonly body: Uint8Array;
}

/** An AMQP message as a library hands it to a receiver. */
export interface ReceivedAmqpMessage {
  readonly contentType?: string | null | undefined;
  /** Native AMQP values or canonical strings, under `cloudEvents_<name>` or `cloudEvents:<name>`; others are ignored. */
  readonly applicationProperties?: Readonly<Record<string, unknown>> | null | undefined;
  /** The data section as bytes or text, not parsed: `skipParsingBodyAsJson: true` of `@azure/event-hubs`. */
  readonly body: unknown;
}

/** The content type of one event in the structured mode (CloudEvents AMQP binding, 3.2.1). */
export const amqpStructuredContentType = "application/cloudevents+json; charset=utf-8";

/** An event's JSON text in the structured mode, byte for byte; nothing is parsed. */
export function encodeAmqpStructured(encoded: string): AmqpMessage {
  return {
    contentType: amqpStructuredContentType,
    applicationProperties: {},
    body: Buffer.from(encoded),
  };
}

/**
 * An event in the binary mode; it is trusted, not checked. Throws a {@link CloudEventError} for an event whose data is
 * itself a CloudEvent: a receiver would take it for the structured mode.
 */
export function encodeAmqpBinary(event: CloudEvent): AmqpMessage {
  const contentType = contentTypeOf(event);
  const applicationProperties: Record<string, string> = {};
  for (const name in event) {
    const value = event[name];
    if (value === undefined || value === null || carriedApart.has(name)) continue;
    applicationProperties[propertyOf(name)] = typeof value === "string" ? value : String(value);
  }
  return {
    ...(contentType === undefined ? {} : { contentType }),
    applicationProperties,
    body: Buffer.from(bodyOf(event)),
  };
}

const knownProperties = new Map<string, string>();
const mostKnown = 256;

/** Making the same dozen names for each event anew would cost as much as all else here. */
function propertyOf(name: string): string {
  const known = knownProperties.get(name);
  if (known !== undefined) return known;
  const property = `cloudEvents_${name}`;
  if (knownProperties.size < mostKnown) knownProperties.set(name, property);
  return property;
}

/**
 * The event of an AMQP message in either mode; throws a {@link CloudEventError}. Of canonical strings only
 * `severitynumber` and `affectsself` come back as what they are, every other extension stays a string.
 */
export function decodeAmqp(message: ReceivedAmqpMessage): CloudEvent {
  const { contentType: given, applicationProperties, body } = message;
  const contentType = given ?? undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new CloudEventError(
      "the body must be bytes or text, not parsed: with @azure/event-hubs, subscribe with skipParsingBodyAsJson",
    );
  }
  switch (modeOf(contentType)) {
    case "batched":
      throw new CloudEventError("AMQP has no batched mode: one message is one event");
    case "structured":
      return decodeStructured(formattedText(contentType, body));
    case "binary": {
      const event = attributesOf(applicationProperties ?? {});
      if (contentType !== undefined) event["datacontenttype"] = contentType;
      return checkEvent({ ...event, ...dataOf(contentType, body) }, "");
    }
  }
}

function attributesOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Without a prototype, so that no name of a property means anything else.
  const event = Object.create(null) as Record<string, unknown>;
  for (const [property, value] of Object.entries(properties)) {
    const name = /^cloudEvents[_:](.*)$/s.exec(property)?.[1];
    if (name === undefined || value === null || value === undefined) continue;
    if (carriedApart.has(name)) {
      throw new CloudEventError(`the application property ${property} must not be sent`, { attribute: name });
    }
    if (Object.hasOwn(event, name)) {
      throw new CloudEventError(`the attribute ${JSON.stringify(name)} is given twice`, { attribute: name });
    }
    event[name] = attributeOf(name, value);
  }
  return event;
}

/** The attributes of CloudEvents and its documented extensions, and Forewarn's, that are timestamps. */
const timestamps: ReadonlySet<string> = new Set(["time", "notbefore", "expirytime", "recordedtime"]);

/** Native AMQP values as the JSON format writes them; `@azure/event-hubs` makes numbers of AMQP timestamps. */
function attributeOf(name: string, value: unknown): unknown {
  if (typeof value === "string") return typedAttribute(name, value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date || (typeof value === "number" && timestamps.has(name)))
    return timeOf(name, value);
  return typeof value === "bigint" ? Number(value) : value;
}

function timeOf(name: string, value: Date | number): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) {
    throw new CloudEventError(`${JSON.stringify(name)} must be a time`, { attribute: name });
  }
  return date.toISOString();
}
