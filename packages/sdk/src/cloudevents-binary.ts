import { type CloudEvent, CloudEventError, isJsonType } from "./cloudevents-json.ts";

/** The members of an event that are no attributes in the binary mode: they are the body, and its content type. */
export const carriedApart: ReadonlySet<string> = new Set(["data", "data_base64", "datacontenttype"]);

/** The mode that a Content-Type names; whatever is no CloudEvents media type means binary. */
export function modeOf(contentType: string | undefined): "batched" | "structured" | "binary" {
  const type = contentType?.trimStart().toLowerCase() ?? "";
  if (type.startsWith("application/cloudevents-batch")) return "batched";
  return type.startsWith("application/cloudevents") ? "structured" : "binary";
}

/**
 * The content type of an event in the binary mode: its `datacontenttype`, else JSON's where there is `data`. Throws a
 * {@link CloudEventError} where the data is itself a CloudEvent: a receiver would take it for the structured mode.
 */
export function contentTypeOf({ data, datacontenttype }: CloudEvent): string | undefined {
  if (modeOf(datacontenttype) !== "binary") {
    throw new CloudEventError("an event whose data is a CloudEvent cannot travel in the binary mode");
  }
  return datacontenttype ?? (data === undefined ? undefined : "application/json");
}

/** The body of an event in the binary mode: bytes of binary data, JSON or text of other data, empty where there is none. */
export function bodyOf({ data, data_base64: binary, datacontenttype }: CloudEvent): string | Uint8Array {
  if (binary !== undefined) return Buffer.from(binary, "base64");
  if (data === undefined) return "";
  return isJsonType(datacontenttype) ? JSON.stringify(data) : String(data);
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

/** Throws a {@link CloudEventError} where it is not UTF-8. */
function textOf(body: string | Uint8Array): string {
  if (typeof body === "string") return body;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new CloudEventError("the body is not UTF-8", { cause });
  }
}

/** The text of a body in the structured or the batched mode; throws a {@link CloudEventError} where it is not JSON's. */
export function formattedText(contentType: string | undefined, body: string | Uint8Array): string {
  if (isJsonType(contentType)) return textOf(body);
  throw new CloudEventError(`cannot read the event format ${contentType ?? ""}, only JSON`);
}
