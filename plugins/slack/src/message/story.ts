import {
  describeApproval,
  type ScheduledEvent,
  type ScheduledEventData,
  type ScheduledEventOutcome,
} from "@forewarn/sdk";
import { changesOf } from "./changes.ts";
import { fromNow, inWords } from "./duration.ts";
import { escapeControl, localTime } from "./mrkdwn.ts";
import type { Earlier } from "./stories.ts";
import { cut, oneLine } from "./text.ts";

const mostOfName = 200;

/** What came before this event in its story, in one mrkdwn sentence or two; empty for a beginning. */
export function storySoFar(event: ScheduledEvent, earlier: Earlier, now: number): string {
  const { data } = event;
  const at = Date.parse(event.time);
  switch (data.phase) {
    case "scheduled":
      return data.occurrence > 1
        ? `It had been announced before and was gone; now it is back (occurrence ${data.occurrence}).`
        : "";
    case "updated":
      return [`*Changed:* ${changesOf(data, earlier)}.`, announced(earlier, now)].join(" ").trim();
    case "approved":
      return [`Its start was approved by ${escapeControl(approvedBy(data))}.`, announced(earlier, now)]
        .join(" ")
        .trim();
    case "started":
      return started(data, earlier);
    case "completed":
      return completed(data, earlier, at);
    case "canceled":
    case "ended":
      return [announced(earlier, now), ending(data)].join(" ").trim();
  }
}

function approvedBy({ approval }: ScheduledEventData): string {
  return cut(oneLine(describeApproval(approval)), mostOfName);
}

function announced({ announcedAt }: Earlier, now: number): string {
  return announcedAt === undefined
    ? ""
    : `Announced ${localTime(announcedAt)} (${fromNow(announcedAt, now)}).`;
}

function started({ noticeMs, gapMs }: ScheduledEventData, { announcedAt }: Earlier): string {
  if (noticeMs === null)
    return `Nobody watched${during(gapMs)}: when it was announced and began is not known.`;
  if (noticeMs <= 0) return "*Without notice:* it was under way when Azure first named it.";
  const when = announcedAt === undefined ? "" : ` ${localTime(announcedAt)},`;
  return `Announced${when} ${inWords(noticeMs)} before it started.`;
}

function completed(
  { noticeMs, outcome, gapMs }: ScheduledEventData,
  { startedAt }: Earlier,
  at: number,
): string {
  if (outcome === "machine-restarted") return `It restarted the VM while nobody watched${during(gapMs)}.`;
  if (noticeMs === null) return "It had started while nobody watched.";
  const notice = noticeMs > 0 ? `${inWords(noticeMs)} after it was announced` : "without notice";
  return startedAt === undefined
    ? `It had started ${notice}.`
    : `It had started ${localTime(startedAt)}, ${notice}, and took ${inWords(at - startedAt)}.`;
}

function during(gapMs: number | undefined): string {
  return gapMs === undefined ? "" : ` for ${inWords(gapMs)}`;
}

type Ending = (due: string, gap: string) => string;

const inferred = "Azure does not say so; it only stopped naming it.";

const endings: Readonly<Record<ScheduledEventOutcome, Ending>> = {
  "removed-before-start": (due) => `Canceled before its time${due}. ${inferred}`,
  "removed-after-approval": () => "It was approved and is gone; its start was not seen.",
  "removed-after-notbefore": (due) =>
    `Gone after its time${due}; its start was not seen: it was over between two looks, or called off.`,
  "notbefore-unknown": () => "Gone; Azure never said when it was due, so it may have happened or not.",
  "not-observed": (due, gap) => `Gone while nobody watched${gap}: it may have happened${due}, or not.`,
  "machine-restarted": (_, gap) => `It restarted the VM while nobody watched${gap}.`,
};

function ending({ outcome, notBefore, gapMs }: ScheduledEventData): string {
  const due = notBefore === null ? "" : ` (${localTime(Date.parse(notBefore))})`;
  const make = outcome !== undefined && Object.hasOwn(endings, outcome) ? endings[outcome] : undefined;
  return make?.(due, during(gapMs)) ?? "Azure no longer names it.";
}
