import type { HistoryEntry } from "@forewarn/agent";
import { type ForewarnEvent, isScheduledEvent, type ScheduledEventData } from "@forewarn/sdk";

/** Phases that say how much notice there is, or was. */
const told: ReadonlySet<string> = new Set(["scheduled", "updated", "started"]);

/** The event of an entry; null where its content is gone. */
export function eventOf({ json }: Pick<HistoryEntry, "json">): ForewarnEvent | null {
  return json === null ? null : (JSON.parse(json) as ForewarnEvent);
}

/** What an entry says of a scheduled event; null for any other, and where its content is gone. */
export function scheduledOf(entry: Pick<HistoryEntry, "json">): ScheduledEventData | null {
  const event = eventOf(entry);
  return event !== null && isScheduledEvent(event) ? event.data : null;
}

/** How long before Azure told of it; null where it was told and is unknown, undefined where that means nothing. */
export function toldNotice(entry: Pick<HistoryEntry, "json">): number | null | undefined {
  const data = scheduledOf(entry);
  return data === null || !told.has(data.phase) ? undefined : data.noticeMs;
}
