import type { HistoryEntry, Passage } from "@forewarn/agent";
import { describeEvent, formatDuration, type ForewarnEvent, isScheduledEvent, oneLine } from "@forewarn/sdk";
import type { Paint } from "../log/color.ts";
import { localTime } from "./local-time.ts";

const indent = " ".repeat(35);
const styles = { INFO: "green", WARN: "yellow", ERROR: "red" } as const;
const told = new Set(["scheduled", "updated", "started"]);

/** What was seen and forwarded, two lines an event, for people. */
export function historyText(entries: readonly HistoryEntry[], paint: Paint): string {
  if (entries.length === 0) return "No events.\n";
  return entries.map((entry) => `${headOf(entry, paint)}\n${indent}${passagesText(entry, paint)}\n`).join("");
}

function headOf(entry: HistoryEntry, paint: Paint): string {
  const time = paint("dim", localTime(entry.time));
  const event = eventOf(entry);
  if (event === null) return `${time}  ${"CONTENT GONE".padEnd(13)} ${entry.id}`;
  const { what, text } = describeEvent(event, (at) => localTime(Date.parse(at)));
  return `${time}  ${paint(styles[event.severitytext], what.padEnd(13))} ${oneLine(text)}`;
}

function passagesText({ passages, ...entry }: HistoryEntry, paint: Paint): string {
  const notice = noticeOf(entry);
  const first =
    notice === undefined ? [] : [`notice ${notice === null ? "unknown" : formatDuration(notice)}`];
  const sinks =
    passages.length === 0
      ? [paint("dim", "no sink wanted it")]
      : passages.map((each) => passageText(each, paint));
  return [...first, `→ ${sinks.join(", ")}`].join("  ");
}

function passageText(
  { sink, state, afterMs = 0, attempts = 1, dead, replayed }: Passage,
  paint: Paint,
): string {
  switch (state) {
    case "delivered": {
      const tries = attempts > 1 ? `, ${attempts} tries` : "";
      return `${sink} ${paint("green", `after ${formatDuration(Math.max(0, afterMs))}`)}${tries}`;
    }
    case "dead":
      return `${sink} ${paint("red", `${dead?.reason === "purged" ? "" : "dead, "}${dead?.reason}`)}: ${oneLine(dead?.message ?? "")}`;
    case "pending":
      return `${sink} ${paint("yellow", replayed === true ? "replayed, pending" : "pending")}`;
  }
}

/** One object per event, for programs; times in RFC 3339. */
export function historyJson(entry: HistoryEntry): object {
  const { id, type, time, passages } = entry;
  return {
    id,
    type,
    time: new Date(time).toISOString(),
    noticeMs: noticeOf(entry) ?? null,
    sinks: passages.map(({ at, afterMs, attempts, dead, ...passage }) => ({
      ...passage,
      at: at === undefined ? null : new Date(at).toISOString(),
      afterMs: afterMs ?? null,
      attempts: attempts ?? null,
      ...(dead === undefined
        ? {}
        : {
            dead: {
              ...dead,
              first: new Date(dead.first).toISOString(),
              last: new Date(dead.last).toISOString(),
            },
          }),
    })),
    event: eventOf(entry),
  };
}

const csvHeads = [
  "time",
  "type",
  "id",
  "eventId",
  "eventType",
  "noticeMs",
  "sink",
  "state",
  "at",
  "afterMs",
  "attempts",
  "reason",
] as const;

/** One row per event and sink, after RFC 4180 with a head. */
export function historyCsv(entries: readonly HistoryEntry[]): string {
  const rows = entries.flatMap((entry) => {
    const event = eventOf(entry);
    const data = event !== null && isScheduledEvent(event) ? event.data : undefined;
    const about = [
      new Date(entry.time).toISOString(),
      entry.type,
      entry.id,
      data?.eventId,
      data?.eventType,
      noticeOf(entry),
    ];
    const passages: readonly Partial<Passage>[] = entry.passages.length === 0 ? [{}] : entry.passages;
    return passages.map(({ sink, state, at, afterMs, attempts, dead }) => [
      ...about,
      sink,
      state,
      at === undefined ? undefined : new Date(at).toISOString(),
      afterMs,
      attempts,
      dead?.reason,
    ]);
  });
  return [csvHeads, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** How long before Azure told of it; null where it was told and is unknown, undefined where that means nothing. */
function noticeOf(entry: Pick<HistoryEntry, "json">): number | null | undefined {
  const event = eventOf(entry);
  if (event === null || !isScheduledEvent(event) || !told.has(event.data.phase)) return undefined;
  return event.data.noticeMs;
}

function eventOf({ json }: Pick<HistoryEntry, "json">): ForewarnEvent | null {
  return json === null ? null : (JSON.parse(json) as ForewarnEvent);
}
