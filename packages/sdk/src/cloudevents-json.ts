/** A CloudEvents 1.0 event of any producer, with its context attributes and extensions at the top level. */
export interface CloudEvent {
  readonly specversion: "1.0";
  /** Not empty; with `source` it names the event: two events that agree in both are one. */
  readonly id: string;
  /** Not empty; a URI reference, whose syntax is not checked here. */
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** A media type; where it is absent `data` is JSON. */
  readonly datacontenttype?: string;
  /** An absolute URI. */
  readonly dataschema?: string;
  /** A JSON value where `datacontenttype` says JSON, else a string. */
  readonly data?: unknown;
  /** Binary data, instead of `data`. */
  readonly data_base64?: string;
  /** Extension attributes: strings, booleans, 32 bit integers. */
  readonly [extension: string]: unknown;
}

/** What is wrong with a CloudEvent and where; a receiver answers 400 and does not ask for it again. */
export class CloudEventError extends Error {
  override readonly name = "CloudEventError";
  readonly code = "FOREWARN_CLOUDEVENT_INVALID";
  /** The attribute or member that is wrong, where it is one. */
  readonly attribute?: string;

  constructor(message: string, details: { readonly attribute?: string; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.attribute !== undefined) this.attribute = details.attribute;
  }
}

/** The Content-Type of one event in the structured mode (CloudEvents HTTP binding, 3.2.1). */
export const structuredContentType = "application/cloudevents+json; charset=UTF-8";

/** The Content-Type of a JSON batch (CloudEvents HTTP binding, 3.3.1). */
export const batchContentType = "application/cloudevents-batch+json; charset=UTF-8";

/** The JSON text of an event, on one line; the event is trusted, not checked. */
export function encodeStructured(event: CloudEvent): string {
  return JSON.stringify(event);
}

/** The event in a JSON text, without its null attributes; throws a {@link CloudEventError}. */
export function decodeStructured(text: string): CloudEvent {
  return checkEvent(parse(text), "");
}

/** The JSON batch of events that are JSON texts already; nothing is parsed. */
export function encodeBatch(encoded: readonly string[]): string {
  return `[${encoded.join(",")}]`;
}

/** The events of a JSON batch, which may be empty; throws a {@link CloudEventError} that tells which one is wrong. */
export function decodeBatch(text: string): CloudEvent[] {
  const batch = parse(text);
  if (!Array.isArray(batch)) throw new CloudEventError("a batch of CloudEvents must be a JSON array");
  return batch.map((event, index) => checkEvent(event, `event ${index + 1} of ${batch.length}: `));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's message quotes the text, which may hold what no log should: it stays in the cause.
    throw new CloudEventError("not valid JSON", { cause });
  }
}

/** Whether data of this `datacontenttype` is JSON (CloudEvents JSON format, 3.1.1). */
export function isJsonType(datacontenttype: string | undefined): boolean {
  return datacontenttype === undefined || /^[^/;]+\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(datacontenttype);
}

interface Rule {
  readonly required?: true;
  readonly must: string;
  test(value: string): boolean;
}

const filled = { must: "must not be empty", test: (value: string) => value !== "" };
const timestamp =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const mediaType = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+ *(?:;[\x20-\x7e]*)?$/;
const absoluteUri = /^[a-z][a-z\d+.-]*:[\x21-\x7e]+$/i;

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["specversion", { required: true, must: 'must be "1.0"', test: (value) => value === "1.0" }],
  ["id", { required: true, ...filled }],
  ["source", { required: true, ...filled }],
  ["type", { required: true, ...filled }],
  ["subject", filled],
  ["time", { must: "must be an RFC 3339 time", test: (value) => timestamp.test(value) }],
  ["datacontenttype", { must: "must be a media type", test: (value) => mediaType.test(value) }],
  ["dataschema", { must: "must be an absolute URI", test: (value) => absoluteUri.test(value) }],
]);

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };
const unfit = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** A parsed event that keeps the rules of CloudEvents 1.0, null = absent; `where` begins each error's message. */
export function checkEvent(value: unknown, where: string): CloudEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CloudEventError(`${where}a CloudEvent must be a JSON object`);
  const members = Object.entries(value).filter(
    ([name, member]) => member !== undefined && (member !== null || name === "data"),
  );
  for (const [name, member] of members) {
    const problem = name === "data" || name === "data_base64" ? undefined : attributeProblem(name, member);
    if (problem !== undefined)
      throw new CloudEventError(`${where}${quote(name)} ${problem}`, { attribute: name });
  }
  const event = Object.fromEntries(members) as Record<string, unknown>;
  for (const [name, rule] of rules) {
    if (rule.required && event[name] === undefined)
      throw new CloudEventError(`${where}${quote(name)} is missing`, { attribute: name });
  }
  const problem = dataProblem(event);
  if (problem !== undefined) throw new CloudEventError(`${where}${problem}`, { attribute: "data" });
  return event as unknown as CloudEvent;
}

function attributeProblem(name: string, value: unknown): string | undefined {
  if (!/^[a-z0-9]+$/.test(name)) return "is no attribute name: only a-z and 0-9 are allowed";
  const rule = rules.get(name);
  if (typeof value === "string") {
    if (unfit.test(value)) return "must hold no control character, noncharacter or lone surrogate";
    return rule === undefined || rule.test(value) ? undefined : `${rule.must}, not ${quote(value)}`;
  }
  if (rule !== undefined) return "must be a string";
  if (typeof value === "boolean") return undefined;
  if (typeof value !== "number") return "must be a string, a boolean or an integer";
  return Number.isInteger(value) && value >= int32.least && value <= int32.most
    ? undefined
    : `must be an integer of 32 bits, not ${value}`;
}

function dataProblem(event: Readonly<Record<string, unknown>>): string | undefined {
  const { data, data_base64: binary, datacontenttype } = event;
  if (binary !== undefined) {
    if ("data" in event) return '"data" and "data_base64" exclude each other';
    const canonical =
      typeof binary === "string" && Buffer.from(binary, "base64").toString("base64") === binary;
    return canonical ? undefined : '"data_base64" must be Base64, padded';
  }
  const text = !("data" in event) || typeof data === "string" || isJsonType(datacontenttype as string);
  return text ? undefined : `"data" of ${datacontenttype as string} must be a string`;
}

/** A value of the outside world as part of a message: JSON, cut short. */
function quote(value: string): string {
  return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
}
