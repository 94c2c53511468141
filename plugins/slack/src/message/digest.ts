import { type ForewarnEvent, describeEvent, isScheduledEvent, severities } from "@forewarn/sdk";
import { type MessageBlock, header, limits, plainText, section, sizeOf } from "./blocks.ts";
import { type Message, packed } from "./compose.ts";
import { inWords } from "./duration.ts";
import { lookOf, severityOf } from "./look.ts";
import { escapeControl, plain } from "./mrkdwn.ts";
import { lookOfPhase } from "./phase-look.ts";
import { markOf } from "./render.ts";
import { counted, listed, oneLine } from "./text.ts";
import { titleOf } from "./title.ts";

const mostOfLine = 200;
const mostOfSummary = 1000;
/** Bytes of JSON around a paragraph, and for the last line. */
const aroundParagraph = 100;

/** One message for many events: what there is of each kind, then a line for each, most severe first. */
export function digest(
  events: readonly ForewarnEvent[],
  { mention, now }: { readonly mention: string; readonly now: number },
): Message {
  const sorted = [...events].sort((a, b) => rankOf(b) - rankOf(a));
  const [worst] = sorted;
  const look = lookOf(worst === undefined ? "info" : severityOf(worst));
  const title = oneLine(`${look.emoji} ${marked(events)}${counted(events.length, "event")} ${span(events)}`);
  const summary = `${kindsOf(events)}. ${vmsOf(events)}`.trim();
  const lines = sorted.map((event) => plain(lineOf(event, now), mostOfLine));
  const callers = mention === "" ? [] : section({ type: "mrkdwn", text: mention, verbatim: true });
  const top = [...header(title), ...callers, ...section(plainText(summary, mostOfSummary))];
  return packed({
    notification: escapeControl(`${title}: ${summary}`),
    mention,
    color: look.color,
    top,
    details: paragraphsOf(lines, limits.allBlocks - sizeOf(top)),
    plainTitle: title,
    plainLines: [summary, ...lines].map(escapeControl),
  });
}

/** Sections of as many lines as fit into so many bytes; the last line says how many did not. */
function paragraphsOf(lines: readonly string[], room: number): readonly MessageBlock[] {
  const paragraphs: string[] = [];
  let left = room - 2 * aroundParagraph;
  for (const [index, line] of lines.entries()) {
    const isRoom = sizeOf(line) < left;
    const next = isRoom ? line : `and ${lines.length - index} more`;
    const last = paragraphs.at(-1);
    if (last !== undefined && last.length + next.length < limits.section) {
      paragraphs[paragraphs.length - 1] = `${last}\n${next}`;
    } else {
      paragraphs.push(next);
      left -= aroundParagraph;
    }
    if (!isRoom) break;
    left -= sizeOf(line);
  }
  return paragraphs.flatMap((paragraph) => section(plainText(paragraph)));
}

function rankOf(event: ForewarnEvent): number {
  return severities.indexOf(severityOf(event)) * 2 + (event.affectsself === false ? 0 : 1);
}

function lineOf(event: ForewarnEvent, now: number): string {
  if (isScheduledEvent(event)) return `${lookOfPhase(event).emoji} ${titleOf(event.data, now)}`;
  const { what, text } = describeEvent(event);
  return `${lookOf(severityOf(event)).emoji} ${what}: ${text}`;
}

/** `9 × Freeze scheduled, 2 × Reboot started`, most frequent first. */
function kindsOf(events: readonly ForewarnEvent[]): string {
  const kinds = Map.groupBy(events, (event) =>
    isScheduledEvent(event)
      ? `${plain(event.data.eventType, 40)} ${event.data.phase}`
      : plain(event.type.replace(/^io\.forewarn\./, ""), 60),
  );
  const most = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  return listed(
    most.map(([kind, { length }]) => `${length} × ${kind}`),
    8,
  );
}

function vmsOf(events: readonly ForewarnEvent[]): string {
  const names = events.flatMap((event) => (isScheduledEvent(event) ? event.data.resources : []));
  const counts = Map.groupBy(names, (name) => name.toLowerCase());
  const most = [...counts.values()].sort((a, b) => b.length - a.length);
  const shown = most.map(
    (same) => `${plain(same[0] ?? "", 64)}${same.length > 1 ? ` (${same.length})` : ""}`,
  );
  return shown.length === 0 ? "" : `${counted(shown.length, "VM")}: ${listed(shown, 10)}.`;
}

function span(events: readonly ForewarnEvent[]): string {
  const times = events.map(({ time }) => Date.parse(time)).filter((time) => !Number.isNaN(time));
  const length = Math.max(...times) - Math.min(...times);
  return length >= 1000 ? `within ${inWords(length)}` : "at once";
}

function marked(events: readonly ForewarnEvent[]): string {
  const mark = events.map(markOf).find((found) => found !== "");
  return mark === undefined ? "" : `${mark}: `;
}
