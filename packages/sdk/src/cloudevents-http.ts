import {
  bodyOf,
  carriedApart,
  contentTypeOf,
  dataOf,
  formattedText,
  modeOf,
  typedAttribute,
} from "./cloudevents-binary.ts";
import {
  type CloudEvent,
  CloudEventError,
  checkEvent,
  decodeBatch,
  decodeStructured,
} from "./cloudevents-json.ts";

/** One event in the binary mode: attributes are headers (lower case names), data is the body, empty where absent. */
export interface BinaryMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The headers of a request or an answer as `node:http` gives them; names in any case. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An attribute's value as an HTTP header: percent-encoded as the CloudEvents HTTP binding demands (3.1.3.2). */
export function encodeHeaderValue(value: string): string {
  if (!value.isWellFormed()) throw new CloudEventError("a header value must hold no lone surrogate");
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent);
}

/** An HTTP header as an attribute's value: quoted strings unquoted, then percent-decoded once; refuses invalid UTF-8. */
export function decodeHeaderValue(value: string): string {
  const unquoted = value.replace(/"((?:[^"\\]|\\.)*)"|"/gs, (_, inner?: string) => {
    if (inner === undefined) throw new CloudEventError("a quoted header value must end with a quote");
    return inner.replace(/\\(.)/gs, "$1");
  });
  try {
    return decodeURIComponent(unquoted);
  } catch (cause) {
    throw new CloudEventError("a header value must be percent-encoded UTF-8", { cause });
  }
}

/**
 * An event, or its JSON text, in the binary mode. Throws a {@link CloudEventError} for an invalid event, and for one
 * whose data is itself a CloudEvent: a receiver would take it for the structured mode.
 */
export function encodeBinary(event: CloudEvent | string): BinaryMessage {
  const checked = typeof event === "string" ? decodeStructured(event) : checkEvent(event, "");
  const contentType = contentTypeOf(checked);
  const headers: Record<string, string> = contentType === undefined ? {} : { "content-type": contentType };
  for (const [name, value] of Object.entries(checked))
    if (!carriedApart.has(name)) headers[`ce-${name}`] = encodeHeaderValue(String(value));
  return { headers, body: bodyOf(checked) };
}

/**
 * The event of a message in the binary mode. HTTP carries no types: `severitynumber` and `affectsself` come back as
 * what they are, every other extension as a string; data that is neither JSON nor text as `data_base64`.
 */
export function decodeBinary(message: BinaryMessage): CloudEvent {
  const event: Record<string, unknown> = {};
  let contentType: string | undefined;
  for (const [header, value] of Object.entries(message.headers)) {
    const name = header.toLowerCase();
    if (name === "content-type") contentType = value;
    if (name === "ce-datacontenttype" || name === "ce-data") {
      throw new CloudEventError(`the header ${name} must not be sent`, { attribute: name.slice(3) });
    }
    if (name.startsWith("ce-"))
      event[name.slice(3)] = typedAttribute(name.slice(3), decodeHeaderValue(value));
  }
  if (contentType !== undefined) event["datacontenttype"] = contentType;
  return checkEvent({ ...event, ...dataOf(contentType, message.body) }, "");
}

/** The events of an HTTP message in any mode, told apart by its Content-Type; throws a {@link CloudEventError}. */
export function decodeHttp(headers: HttpHeaders, body: string | Uint8Array): readonly CloudEvent[] {
  const flat = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === "string" ? value : value.join(", ")]],
    ),
  ) as Readonly<Record<string, string>>;
  const contentType = flat["content-type"];
  const mode = modeOf(contentType);
  if (mode === "binary") return [decodeBinary({ headers: flat, body })];
  const text = formattedText(contentType, body);
  return mode === "batched" ? decodeBatch(text) : [decodeStructured(text)];
}
