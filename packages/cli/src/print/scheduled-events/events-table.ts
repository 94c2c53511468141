import type { ScheduledEventEntry } from "@forewarn/imds";
import { cutText, oneLine } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { table } from "../table.ts";
import { affectsSelf, lastsText, leftText, vmsText, whenText } from "./scheduled-entry.ts";

/** What is known of the scheduled events at a moment. */
export interface EventsView {
  readonly entries: readonly ScheduledEventEntry[];
  /** `compute.name` of this VM; null while it is unknown. */
  readonly ownName: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The most of an EventId that is shown; Azure's have 36 characters, and the beginning of one is enough for `approve`. */
export const mostId = 64;

const heads = ["WHAT", "VM", "STATUS", "WHEN", "IN", "LASTS", "BY", "EVENT ID"] as const;
const severe: ReadonlySet<string> = new Set(["Preempt", "Terminate", "Redeploy", "Reboot"]);

/** Lines of a table for people, what affects this VM first and coloured; two lines an event where it would be wider than `columns`. */
export function eventsTable(
  { entries, ownName, now }: EventsView,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): readonly string[] {
  if (entries.length === 0) return ["No scheduled events now."];
  const sorted = entries.toSorted((a, b) => rankOf(a, ownName) - rankOf(b, ownName));
  const [head = "", ...rows] = table(
    heads,
    sorted.map((entry) => rowOf(entry, ownName, now)),
  );
  const fits = [head, ...rows].every((line) => line.length <= columns);
  const color = (entry: ScheduledEventEntry, line: string) => {
    const style = styleOf(entry, ownName);
    return style === null ? line : paint(style, line);
  };
  if (fits) return [paint("dim", head), ...sorted.map((entry, index) => color(entry, rows[index] ?? ""))];
  return sorted.flatMap((entry) => {
    const [what, vm, status, when, left, lasts, by, id] = rowOf(entry, ownName, now);
    const due = entry.notBefore === null ? when : `${when} (${entry.notBefore > now ? "in " : ""}${left})`;
    const first = `${what} ${status}, ${due}: ${vm}`;
    return [
      color(entry, cutText(first, columns)),
      paint("dim", cutText(`  lasts ${lasts}, by ${by}, ${id}`, columns)),
    ];
  });
}

function rowOf(entry: ScheduledEventEntry, ownName: string | null, now: number): readonly string[] {
  return [
    oneLine(entry.eventType),
    vmsText(entry, ownName),
    oneLine(entry.eventStatus),
    whenText(entry, now),
    leftText(entry, now),
    lastsText(entry),
    oneLine(entry.eventSource ?? "?"),
    cutText(oneLine(entry.eventId), mostId),
  ];
}

/** Own events before others, and sooner before later. */
function rankOf(entry: ScheduledEventEntry, ownName: string | null): number {
  const others = affectsSelf(entry, ownName) === false ? Number.MAX_SAFE_INTEGER / 2 : 0;
  return others + (entry.notBefore ?? 0);
}

function styleOf(entry: ScheduledEventEntry, ownName: string | null): "red" | "yellow" | "dim" | null {
  const self = affectsSelf(entry, ownName);
  if (self === false) return "dim";
  if (severe.has(entry.eventType)) return "red";
  return entry.durationSeconds === 0 ? null : "yellow";
}
