import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { localTime } from "../local-time.ts";
import { table } from "../table.ts";
import type { Notice } from "./notice.ts";

const heads = ["EVENT", "VM", "SEEN", "NOTICE", "DOCUMENTED", ""] as const;
const mostNames = 2;

/** A line per scheduled event: its notice as measured, and whether that is less than Azure documents. */
export function noticeText(notices: readonly Notice[], paint: Paint): readonly string[] {
  if (notices.length === 0) return [];
  const rows = notices.map((notice) => [
    oneLine(notice.eventType),
    vmsOf(notice),
    localTime(notice.seen),
    measuredOf(notice),
    notice.minimumMs === null ? "-" : formatDuration(notice.minimumMs),
    verdictOf(notice),
  ]);
  const [head = "", ...lines] = table(heads, rows);
  return [
    paint("bold", "Notice, beside the least that Azure documents"),
    paint("dim", head),
    ...lines.map((line, index) => (notices[index]?.below === true ? paint("yellow", line) : line)),
  ];
}

function vmsOf({ resources, affectsSelf }: Notice): string {
  const more = resources.length - mostNames;
  const names = [...resources.slice(0, mostNames).map(oneLine), ...(more > 0 ? [`${more} more`] : [])];
  return `${names.join(", ")}${affectsSelf === true ? " (this VM)" : ""}`;
}

function measuredOf({ measuredMs, until }: Notice): string {
  if (measuredMs === null) return "unknown";
  if (until === "started")
    return measuredMs <= 0 ? "none, it had started" : `${exactly(measuredMs)} to its start`;
  return `${exactly(measuredMs)} announced`;
}

function verdictOf({ below, measuredMs, minimumMs, why }: Notice): string {
  if (below === null) return `not judged: ${why}`;
  return below ? `${exactly((minimumMs ?? 0) - (measuredMs ?? 0))} less` : "kept";
}

/** Minutes with their seconds, since some seconds less than documented are less. */
function exactly(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 60_000 || ms >= 3_600_000 || seconds % 60 === 0) return formatDuration(ms);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
