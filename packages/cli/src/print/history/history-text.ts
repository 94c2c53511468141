import type { HistoryEntry, Passage } from "@forewarn/agent";
import { describeEvent, formatDuration, oneLine } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { localTime } from "../local-time.ts";
import { deliverySummary } from "./delivery-summary.ts";
import { eventOf, toldNotice } from "./history-event.ts";
import { noticeText } from "./notice-text.ts";
import { type HistoryView, shownNotices, waitsInVain } from "./notice.ts";

const indent = " ".repeat(35);
const styles = { INFO: "green", WARN: "yellow", ERROR: "red" } as const;

/** For people: what was seen and forwarded, two lines an event; the notice of each scheduled event; the sinks. */
export function historyText(view: HistoryView, paint: Paint): string {
  const { entries } = view;
  if (entries.length === 0) return "No events.\n";
  const lines = entries.flatMap((entry) => [
    headOf(entry, paint),
    `${indent}${passagesText(entry, view, paint)}`,
  ]);
  return [lines, noticeText(shownNotices(view), paint), deliverySummary(entries, paint)]
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function headOf(entry: HistoryEntry, paint: Paint): string {
  const time = paint("dim", localTime(entry.time));
  const event = eventOf(entry);
  if (event === null) return `${time}  ${"CONTENT GONE".padEnd(13)} ${oneLine(entry.id)}`;
  const { what, text } = describeEvent(event, (at) => localTime(Date.parse(at)));
  return `${time}  ${paint(styles[event.severitytext], what.padEnd(13))} ${text}`;
}

function passagesText({ passages, ...entry }: HistoryEntry, view: HistoryView, paint: Paint): string {
  const notice = toldNotice(entry);
  const first =
    notice === undefined ? [] : [`notice ${notice === null ? "unknown" : formatDuration(notice)}`];
  const sinks =
    passages.length === 0
      ? [paint("dim", "no sink wanted it")]
      : passages.map((each) => passageText(each, view, paint));
  return [...first, `→ ${sinks.join(", ")}`].join("  ");
}

function passageText(passage: Passage, view: HistoryView, paint: Paint): string {
  const { sink, state, afterMs = 0, attempts = 1, dead, replayed } = passage;
  switch (state) {
    case "delivered": {
      const tries = attempts > 1 ? `, ${attempts} tries` : "";
      return `${sink} ${paint("green", `after ${formatDuration(Math.max(0, afterMs))}`)}${tries}`;
    }
    case "dead":
      return `${sink} ${paint("red", `${dead?.reason === "purged" ? "" : "dead, "}${dead?.reason}`)}: ${oneLine(dead?.message ?? "")}`;
    case "pending":
      return `${sink} ${paint("yellow", replayed === true ? "replayed, pending" : "pending")}${
        waitsInVain(passage, view) ? " (not in the configuration)" : ""
      }`;
  }
}
