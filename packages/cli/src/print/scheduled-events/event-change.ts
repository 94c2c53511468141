import type { ScheduledEventEntry } from "@forewarn/imds";
import { formatDuration, oneLine } from "@forewarn/sdk";
import { shortTime } from "../local-time.ts";
import { lastsText, vmsText, whenText } from "./scheduled-entry.ts";

/** What became of one scheduled event between two documents. */
export interface EventChange {
  /** `present`: it was in the first document; `gone` says nothing about why. */
  readonly change: "present" | "appeared" | "changed" | "gone";
  readonly entry: ScheduledEventEntry;
  /** Of `changed`: which fields, with what they were. */
  readonly was?: Readonly<Partial<ScheduledEventEntry>>;
}

/** The entries of a document by EventId in lower case; of one that occurs twice the Started one counts, else the last. */
export function byEventId(entries: readonly ScheduledEventEntry[]): ReadonlyMap<string, ScheduledEventEntry> {
  const map = new Map<string, ScheduledEventEntry>();
  for (const entry of entries) {
    const id = entry.eventId.toLowerCase();
    if (map.get(id)?.eventStatus !== "Started") map.set(id, entry);
  }
  return map;
}

/** What is different between two documents; a `before` of null is the first one. What a partial document does not name is not gone. */
export function changesBetween(
  before: ReadonlyMap<string, ScheduledEventEntry> | null,
  after: ReadonlyMap<string, ScheduledEventEntry>,
): readonly EventChange[] {
  const changes = [...after].flatMap(([id, entry]): readonly EventChange[] => {
    const old = before?.get(id);
    if (old === undefined) return [{ change: before === null ? "present" : "appeared", entry }];
    const was = differences(old, entry);
    return Object.keys(was).length === 0 ? [] : [{ change: "changed", entry, was }];
  });
  const gone = [...(before ?? [])]
    .filter(([id]) => !after.has(id))
    .map(([, entry]): EventChange => ({ change: "gone", entry }));
  return [...changes, ...gone];
}

/** The fields of an entry that differ from a later one, as they were; the same moment written in another way is no difference. */
function differences(
  old: ScheduledEventEntry,
  now: ScheduledEventEntry,
): Readonly<Partial<ScheduledEventEntry>> {
  const names = Object.keys({ ...old, ...now }) as (keyof ScheduledEventEntry)[];
  const changed = names.filter(
    (name) =>
      name !== "eventId" &&
      !(name === "notBeforeRaw" && old.notBefore === now.notBefore && now.notBefore !== null) &&
      JSON.stringify(old[name]) !== JSON.stringify(now[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, old[name] ?? null]));
}

/** A change in one line, for people. */
export function changeText(
  { change, entry, was = {} }: EventChange,
  ownName: string | null,
  now: number,
): string {
  const subject = `${oneLine(entry.eventType)} of ${vmsText(entry, ownName)}`;
  const id = oneLine(entry.eventId);
  switch (change) {
    case "changed":
      return `CHANGED   ${subject}: ${wasText(entry, was, now)}; ${id}`;
    case "gone":
      return `GONE      ${subject}, it was ${oneLine(entry.eventStatus)}; ${id}`;
    default: {
      const { notBefore } = entry;
      const left = notBefore !== null && notBefore > now ? ` (in ${formatDuration(notBefore - now)})` : "";
      const by = entry.eventSource === null ? "" : `, by ${oneLine(entry.eventSource)}`;
      const lasts = entry.durationSeconds === null ? "" : `, lasts ${lastsText(entry)}`;
      return `${change.toUpperCase().padEnd(8)}  ${subject}: ${oneLine(entry.eventStatus)}, ${whenText(entry, now)}${left}${by}${lasts}; ${id}`;
    }
  }
}

function wasText(
  entry: ScheduledEventEntry,
  was: Readonly<Partial<ScheduledEventEntry>>,
  now: number,
): string {
  const names = (Object.keys(was) as (keyof ScheduledEventEntry)[]).filter(
    (name) => name !== "notBeforeRaw" || was.notBefore === undefined,
  );
  return names
    .map((name) => {
      const [old, value] = [was[name], entry[name]];
      if (name !== "notBefore") return `${name} ${briefly(old)} → ${briefly(value)}`;
      return `${name} ${typeof old === "number" ? shortTime(old, now) : "?"} → ${whenText(entry, now)}`;
    })
    .join(", ");
}

function briefly(value: unknown): string {
  if (value === null || value === undefined) return "?";
  if (Array.isArray(value)) return value.map(String).map(oneLine).join(" ");
  return typeof value === "string" ? oneLine(value) || '""' : JSON.stringify(value);
}
