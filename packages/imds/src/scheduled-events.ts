import { readEntry, type ScheduledEventEntry } from "./scheduled-event-entry.ts";
import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";
import { createWarnings } from "./warnings.ts";

/** The path of Scheduled Events; it has api-versions of its own. */
const SCHEDULED_EVENTS_PATH = "/metadata/scheduledevents";

/** What one GET of Scheduled Events said: all events in scope at that moment, in no order that means anything. */
export interface ScheduledEventsDocument {
  /** `DocumentIncarnation`, null if it is missing; compare for inequality only, it skips values and starts anew. */
  readonly incarnation: number | null;
  /** The events as sent; one EventId may occur twice. */
  readonly events: readonly ScheduledEventEntry[];
  /** True if an entry could not be read and was left out: the absence of an event then proves nothing. */
  readonly partial: boolean;
  /** One sentence for each thing that was missing, malformed or left out; at most 50. */
  readonly warnings: readonly string[];
}

const incarnationOf = (value: unknown): number | null => {
  const number = typeof value === "string" && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : null;
};

/** {@link parseScheduledEvents} for an answer whose origin is known. */
export const readScheduledEvents = (text: string, origin: BodyOrigin): ScheduledEventsDocument => {
  const document = jsonObjectOf(text, origin);
  const entries = document["Events"];
  if (!Array.isArray(entries)) {
    throw wrongShape(text, origin, "it has no array `Events`, so it is no Scheduled Events document");
  }

  const warnings = createWarnings();
  const incarnation = incarnationOf(document["DocumentIncarnation"]);
  if (incarnation === null) warnings.add("DocumentIncarnation is missing or not a whole number");

  const events = entries
    .map((entry: unknown, index) => readEntry(entry, (warning) => warnings.add(`event ${index}: ${warning}`)))
    .filter((entry) => entry !== undefined);
  return { incarnation, events, partial: events.length < entries.length, warnings: warnings.list() };
};

/**
 * Reads a Scheduled Events document and forgives what can be forgiven: control characters, unknown and missing fields,
 * numbers sent as strings; throws an `ImdsError` of code `not-json` or `wrong-shape` for what is no such document
 * (empty, HTML, no object, `Events` missing or not an array).
 */
export const parseScheduledEvents = (text: string): ScheduledEventsDocument =>
  readScheduledEvents(text, { path: SCHEDULED_EVENTS_PATH, where: SCHEDULED_EVENTS_PATH, excerpt: true });
