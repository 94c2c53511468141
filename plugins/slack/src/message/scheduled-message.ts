import { type ScheduledEvent, type ScheduledEventData, describeEvent } from "@forewarn/sdk";
import { adviceFor } from "./advice.ts";
import { concernsOthers } from "./affected.ts";
import { approval } from "./approval.ts";
import { fromNow, wholeSeconds } from "./duration.ts";
import { type ChooseTags, eventFacts } from "./facts.ts";
import { lasts } from "./lasts.ts";
import { lookOfPhase } from "./phase-look.ts";
import { code, escapeControl, localTime, plain, utc } from "./mrkdwn.ts";
import type { Parts } from "./parts.ts";
import type { Earlier } from "./stories.ts";
import { storySoFar } from "./story.ts";
import { cut, oneLine } from "./text.ts";
import { titleOf } from "./title.ts";

const mostOfWords = 500;
const anyMoment = "*At any moment*: Azure was told that it may start";

/** The message of one phase of a scheduled event. */
export function scheduledMessage(
  event: ScheduledEvent,
  { earlier, now, choose }: { readonly earlier: Earlier; readonly now: number; readonly choose: ChooseTags },
): Parts {
  const { data } = event;
  const { what, text } = describeEvent(asOf(event, now), (time) => utc(Date.parse(time)));
  return {
    look: lookOfPhase(event),
    title: titleOf(data, now),
    lead: [timeLine(event, now), storySoFar(event, earlier, now), meaning(data), toDo(data)],
    facts: eventFacts(data, choose),
    notes: wordsOfOthers(data),
    command: isAhead(data) ? approval(data, now) : "",
    footer: [`EventId ${code(data.eventId, 100)}`],
    sentence: escapeControl(cut(oneLine(`${what}: ${text}`), 1000)),
  };
}

/** With the notice that the rest of the message tells: of what is ahead what is left of it now. */
function asOf(event: ScheduledEvent, now: number): ScheduledEvent {
  const { data } = event;
  const left = data.notBefore === null ? null : Date.parse(data.notBefore) - now;
  const ahead = left === null || left < 1000 ? null : left;
  const noticeMs = isAhead(data) ? ahead : data.noticeMs;
  return { ...event, data: { ...data, noticeMs: noticeMs === null ? null : wholeSeconds(noticeMs) } };
}

function isAhead({ phase, status }: ScheduledEventData): boolean {
  return phase === "scheduled" || (phase === "updated" && status.toLowerCase() !== "started");
}

function isOver({ phase }: ScheduledEventData): boolean {
  return phase === "completed" || phase === "canceled" || phase === "ended";
}

/** When, by whom, for how long: `*today 22:26:58* or later (in 15 min) · caused by Azure · about 5 s`. */
function timeLine({ time, data }: ScheduledEvent, now: number): string {
  if (isOver(data)) return "";
  const began = data.phase === "started" ? ` since *${localTime(Date.parse(time))}*` : "";
  const when = isAhead(data) ? due(data, now) : data.phase === "approved" ? anyMoment : `Under way${began}`;
  return [when, cause(data), length(data)].filter((part) => part !== "").join(" · ");
}

function length(data: ScheduledEventData): string {
  const { durationSeconds } = data;
  if (durationSeconds === 0) return "no interruption";
  if (durationSeconds !== null) return `lasts ${lasts(durationSeconds)}`;
  return adviceFor(data).isFinal === true ? "for good" : "length unknown";
}

function due({ notBefore }: ScheduledEventData, now: number): string {
  if (notBefore === null) return "*At any moment*: Azure does not say when";
  const at = Date.parse(notBefore);
  return at - now < 1000
    ? `*At any moment*: it was due ${localTime(at)} (${fromNow(at, now)})`
    : `*${localTime(at)}* or later (${fromNow(at, now)})`;
}

function cause({ eventSource }: ScheduledEventData): string {
  switch (eventSource?.toLowerCase()) {
    case undefined:
      return "cause unknown";
    case "platform":
      return "caused by *Azure*";
    case "user":
      return "caused by a *user* of the subscription";
    default:
      return `caused by ${code(eventSource ?? "", 60)}`;
  }
}

function meaning(data: ScheduledEventData): string {
  return isOver(data) ? "" : adviceFor(data).meaning;
}

function toDo(data: ScheduledEventData): string {
  if (concernsOthers(data)) {
    const { name } = data.vm;
    return `*Do:* nothing on ${name === null ? "the VM that saw this" : code(name, 64)}; it is not affected.`;
  }
  const { before, during, after } = adviceFor(data);
  if (data.phase === "canceled") return "*Do:* nothing; what was drained can go back to work.";
  if (isAhead(data)) return `*Do:* ${before}`;
  return `*Do:* ${isOver(data) ? after : during}`;
}

/** Azure's own words, and fields of Azure's that Forewarn does not know. */
function wordsOfOthers({ description, status, extra }: ScheduledEventData): readonly string[] {
  const known = /^(scheduled|started)$/i.test(status);
  return [
    description.trim() === "" ? "" : `Azure says: ${plain(description, mostOfWords)}`,
    known ? "" : `Azure gives it the status ${plain(status, 60)}, which Forewarn does not know.`,
    extra === undefined ? "" : `Azure adds: ${plain(JSON.stringify(extra), mostOfWords)}`,
  ].filter((note) => note !== "");
}
