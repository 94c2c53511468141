/** One entry of a document, as plainly as it can be read. */
export interface WireEntry {
  /** In lower case. */
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly resourceType: string;
  readonly resources: readonly string[];
  /** Epoch milliseconds; null where there is none. */
  readonly notBefore: number | null;
  readonly notBeforeRaw: string;
  readonly description: string;
  readonly source: string | null;
  readonly duration: number | null;
}

/** A document that is one: its entries, the Started or else the last of each id, and whether some could not be read. */
export interface WireDocument {
  readonly entries: ReadonlyMap<string, WireEntry>;
  readonly partial: boolean;
}

const text = (value: unknown) => (typeof value === "string" ? value.toWellFormed() : "");
const named = (value: unknown) => text(value).trim() || "Unknown";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function durationOf(value: unknown): number | null {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function resourcesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function entryOf(value: unknown): WireEntry | null {
  if (!isObject(value)) return null;
  const { EventId: id, NotBefore, DurationInSeconds, Resources, EventSource } = value;
  if (typeof id !== "string" || id.trim() === "") return null;
  const notBefore = Date.parse(text(NotBefore));
  return {
    id: id.trim().toLowerCase(),
    type: named(value["EventType"]),
    status: named(value["EventStatus"]),
    resourceType: text(value["ResourceType"]).trim() || "VirtualMachine",
    resources: resourcesOf(Resources),
    notBefore: Number.isNaN(notBefore) ? null : notBefore,
    notBeforeRaw: text(NotBefore),
    description: text(value["Description"]),
    source: text(EventSource).trim() || null,
    duration: durationOf(DurationInSeconds),
  };
}

/** Reads a document, or null where it is none: no JSON object with an array `Events`. */
export function readWire(json: string): WireDocument | null {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isObject(document) || !Array.isArray(document["Events"])) return null;
  const entries = new Map<string, WireEntry>();
  let partial = false;
  for (const value of document["Events"] as readonly unknown[]) {
    const entry = entryOf(value);
    if (entry === null) {
      partial = true;
      continue;
    }
    const before = entries.get(entry.id);
    const startedBefore = before?.status.toLowerCase() === "started";
    if (before === undefined || !startedBefore || entry.status.toLowerCase() === "started")
      entries.set(entry.id, entry);
  }
  return { entries, partial };
}
