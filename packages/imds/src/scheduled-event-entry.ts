import { parseNotBefore } from "./not-before.ts";
import { isJsonObject } from "./tolerant-json.ts";
import { excerptOf } from "./imds-error.ts";

/** One scheduled event as Azure described it; what was missing has the default named at its field. */
export interface ScheduledEventEntry {
  /** As sent, without surrounding spaces; upper or lower case, so compare case-insensitively. Never "". */
  readonly eventId: string;
  /** `Freeze`, `Reboot`, `Redeploy`, `Preempt`, `Terminate`, or one that is newer than this package; "Unknown" if missing. */
  readonly eventType: string;
  /** `Scheduled`, `Started`, or one that is newer than this package; "Unknown" if missing. */
  readonly eventStatus: string;
  /** `VirtualMachine`, the only documented value and so the default. */
  readonly resourceType: string;
  /** The affected VMs by `compute.name` (never by hostname), as sent; empty if missing. */
  readonly resources: readonly string[];
  /** The event does not start before this moment (epoch milliseconds); null if it was empty (it has started), missing or unreadable. */
  readonly notBefore: number | null;
  /** `NotBefore` as sent; "" if missing. */
  readonly notBeforeRaw: string;
  /** Free text; "" if missing, and often "" although it is there. */
  readonly description: string;
  /** `Platform` or `User`; null if missing (api-versions before 2019-08-01). */
  readonly eventSource: string | null;
  /** The expected interruption in whole seconds, 0 = no impact; null for -1 (unknown or not applicable) or if missing. */
  readonly durationSeconds: number | null;
  /** Fields this package does not know, as sent; absent if there are none. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** What Azure documents of an entry (Azure docs: Scheduled Events, "Event properties"); all else is `extra`. */
const KNOWN = new Set([
  "EventId",
  "EventType",
  "EventStatus",
  "ResourceType",
  "Resources",
  "NotBefore",
  "Description",
  "EventSource",
  "DurationInSeconds",
]);

/** 31 years: what is longer is no duration of an event. */
const MOST_SECONDS = 1e9;

type Warn = (text: string) => void;

const shown = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(excerptOf(value).slice(0, 80));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return String(value);
};

const isMissing = (value: unknown): boolean => value === undefined || value === null;

const textOf = (name: string, value: unknown, warn: Warn): string => {
  if (typeof value === "string") return value;
  if (!isMissing(value)) warn(`${name} is ${shown(value)}, not a text`);
  return "";
};

const nameOf = (name: string, value: unknown, warn: Warn): string => {
  const text = textOf(name, value, warn).trim();
  if (text !== "") return text;
  warn(`${name} is missing`);
  return "Unknown";
};

const resourcesOf = (value: unknown, warn: Warn): readonly string[] => {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (!Array.isArray(value)) {
    warn(isMissing(value) ? "Resources is missing" : `Resources is ${shown(value)}, not a list`);
    return [];
  }
  const names = value.filter((name) => typeof name === "string");
  if (names.length < value.length) warn("Resources holds something that is not a name; it was left out");
  return names;
};

const notBeforeOf = (raw: string, warn: Warn): number | null => {
  const moment = parseNotBefore(raw);
  if (moment !== "unparsable") return moment;
  warn(`NotBefore is ${shown(raw)}, neither RFC 1123 nor ISO 8601`);
  return null;
};

const durationOf = (value: unknown, warn: Warn): number | null => {
  if (isMissing(value) || value === "") return null;
  const seconds = typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || !(Math.abs(seconds) < MOST_SECONDS)) {
    warn(`DurationInSeconds is ${shown(value)}, not a number of seconds`);
    return null;
  }
  return seconds < 0 ? null : Math.ceil(seconds);
};

/** Reads one element of `Events`; undefined, and a warning, if it is no object or has no usable EventId. */
export const readEntry = (value: unknown, warn: Warn): ScheduledEventEntry | undefined => {
  if (!isJsonObject(value)) {
    warn(`it is ${shown(value)}, not an object; it was left out`);
    return undefined;
  }
  const id = value["EventId"];
  if (typeof id !== "string" || id.trim() === "") {
    warn(`EventId is ${isMissing(id) ? "missing" : shown(id)}; the event was left out`);
    return undefined;
  }
  const notBeforeRaw = textOf("NotBefore", value["NotBefore"], warn);
  const extra = Object.entries(value).filter(([name]) => !KNOWN.has(name));
  return {
    eventId: id.trim(),
    eventType: nameOf("EventType", value["EventType"], warn),
    eventStatus: nameOf("EventStatus", value["EventStatus"], warn),
    resourceType: textOf("ResourceType", value["ResourceType"], warn).trim() || "VirtualMachine",
    resources: resourcesOf(value["Resources"], warn),
    notBefore: notBeforeOf(notBeforeRaw, warn),
    notBeforeRaw,
    description: textOf("Description", value["Description"], warn),
    eventSource: textOf("EventSource", value["EventSource"], warn).trim() || null,
    durationSeconds: durationOf(value["DurationInSeconds"], warn),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
  };
};
