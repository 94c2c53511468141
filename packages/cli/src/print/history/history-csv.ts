import type { Passage } from "@forewarn/agent";
import { describeApproval } from "@forewarn/sdk";
import { scheduledOf, toldNotice } from "./history-event.ts";
import { type HistoryView, noticeFor } from "./notice.ts";

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
  "measuredMs",
  "minimumMs",
  "below",
  "approvedBy",
] as const;

/** What a terminal could obey; within quotes a line may end. */
const unruly = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** One row per event and sink, after RFC 4180 with a head; without control characters but line feeds. */
export function historyCsv(view: HistoryView): string {
  const rows = view.entries.flatMap((entry) => {
    const data = scheduledOf(entry);
    const notice = noticeFor(entry, view);
    const about = [
      new Date(entry.time).toISOString(),
      entry.type,
      entry.id,
      data?.eventId,
      data?.eventType,
      toldNotice(entry),
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
      notice?.measuredMs,
      notice?.minimumMs,
      notice?.below,
      data?.phase === "approved" ? describeApproval(data.approval) : undefined,
    ]);
  });
  return [csvHeads, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? "").replaceAll(unruly, "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
