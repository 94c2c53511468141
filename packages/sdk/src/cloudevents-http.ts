import {
  type CloudEvent,
  CloudEventError,
  checkEvent,
  decodeBatch,
  decodeStructured,
  isJsonType,
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
  const { data, data_base64: _, datacontenttype, ...attributes } = checked;
  if (modeOf(datacontenttype) !== "binary") {
    throw new CloudEventError("an event whose data is a CloudEvent cannot travel in the binary mode");
  }
  const contentType = datacontenttype ?? (data === undefined ? undefined : "application/json");
  const headers: Record<string, string> = contentType === undefined ? {} : { "content-type": contentType };
  for (const [name, value] of Object.entries(attributes))
    headers[`ce-${name}`] = encodeHeaderValue(String(value));
  return { headers, body: bodyOf(checked) };
}

/** The body of an event in the binary mode: bytes of binary data, JSON or text of other data, empty where there is none. */
export function bodyOf({ data, data_base64: binary, datacontenttype }: CloudEvent): string | Uint8Array {
  if (binary !== undefined) return Buffer.from(binary, "base64");
  if (data === undefined) return "";
  return isJsonType(datacontenttype) ? JSON.stringify(data) : String(data);
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
  if (!isJsonType(contentType)) {
    throw new CloudEventError(`cannot read the event format ${contentType ?? ""}, only JSON`);
  }
  return mode === "batched" ? decodeBatch(textOf(body)) : [decodeStructured(textOf(body))];
}

/** The mode that a Content-Type names; whatever is no CloudEvents media type means binary. */
export function modeOf(contentType: string | undefined): "batched" | "structured" | "binary" {
  const type = contentType?.trimStart().toLowerCase() ?? "";
  if (type.startsWith("application/cloudevents-batch")) return "batched";
  return type.startsWith("application/cloudevents") ? "structured" : "binary";
}

/** An attribute's canonical string as what it is: a number for `severitynumber`, a boolean for `affectsself`. */
export function typedAttribute(name: string, value: string): string | number | boolean {
  if (name === "severitynumber" && String(Number.parseInt(value, 10)) === value) return Number(value);
  return name === "affectsself" && (value === "true" || value === "false") ? value === "true" : value;
}

/** The data of a message in the binary mode: JSON parsed, text as it is, all else as Base64, none where it is empty. */
export function dataOf(
  type: string | undefined,
  body: string | Uint8Array,
): Pick<CloudEvent, "data" | "data_base64"> {
  if (body.length === 0) return {};
  if (type !== undefined && isJsonType(type)) {
    const text = textOf(body);
    try {
      return { data: JSON.parse(text) };
    } catch (cause) {
      throw new CloudEventError(`the body is not the ${type} it claims to be`, { attribute: "data", cause });
    }
  }
  const isText = type !== undefined && /^text\/|[/+]xml\s*(?:;|$)|;\s*charset="?utf-8/i.test(type);
  if (isText || (typeof body === "string" && type !== undefined)) return { data: textOf(body) };
  return { data_base64: Buffer.from(body).toString("base64") };
}

/** The text of a body; throws a {@link CloudEventError} where it is not UTF-8. */
export function textOf(body: string | Uint8Array): string {
  if (typeof body === "string") return body;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new CloudEventError("the body is not UTF-8", { cause });
  }
}
