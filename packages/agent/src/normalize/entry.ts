import { createHash } from "node:crypto";
import type { ScheduledEventEntry } from "@forewarn/imds";
import { isStarted } from "./lifecycle.ts";

/** The content of an entry that decides whether it has changed, by the names that events use; extras never decide. */
type Content = Readonly<Record<string, string | number | null | readonly string[]>>;

const uncomparedOnceStarted: ReadonlySet<string> = new Set(["notBefore", "description"]);

function contentOf(entry: ScheduledEventEntry): Content {
  return {
    description: entry.description,
    durationSeconds: entry.durationSeconds,
    eventSource: entry.eventSource,
    eventType: entry.eventType,
    notBefore: entry.notBefore ?? entry.notBeforeRaw,
    resourceType: entry.resourceType,
    resources: entry.resources.map((name) => name.toLowerCase()).toSorted(),
    status: entry.eventStatus.toLowerCase(),
  };
}

/** The fields in which two entries of one event differ; NotBefore and Description do not count once one has started. */
export function changedFields(before: ScheduledEventEntry, after: ScheduledEventEntry): readonly string[] {
  const old = contentOf(before);
  const started = isStarted(before.eventStatus) || isStarted(after.eventStatus);
  return Object.entries(contentOf(after))
    .filter(([field]) => !(started && uncomparedOnceStarted.has(field)))
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(old[field]))
    .map(([field]) => field);
}

/** 12 hex digits that name the compared content of an entry: the same on every VM that sees it. */
export function contentHash(entry: ScheduledEventEntry): string {
  const started = isStarted(entry.eventStatus);
  const compared = Object.entries(contentOf(entry)).filter(
    ([field]) => !(started && uncomparedOnceStarted.has(field)),
  );
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(compared)))
    .digest("hex")
    .slice(0, 12);
}

/** Each EventId of a document once, in lower case: the Started entry counts, else the last; `repeated` names the rest. */
export function entriesById(entries: readonly ScheduledEventEntry[]): {
  readonly byId: ReadonlyMap<string, ScheduledEventEntry>;
  readonly repeated: ReadonlySet<string>;
} {
  const byId = new Map<string, ScheduledEventEntry>();
  const repeated = new Set<string>();
  for (const entry of entries) {
    const id = entry.eventId.toLowerCase();
    const other = byId.get(id);
    if (other !== undefined) repeated.add(id);
    if (other === undefined || isStarted(entry.eventStatus) || !isStarted(other.eventStatus))
      byId.set(id, entry);
  }
  return { byId, repeated };
}
