import type { Letter } from "@forewarn/agent";
import { describeEvent, formatDuration, type ForewarnEvent, oneLine } from "@forewarn/sdk";
import type { Paint } from "../log/color.ts";
import { visible } from "./color-json.ts";
import { localTime } from "./local-time.ts";
import { table } from "./table.ts";

const heads = ["GIVEN UP", "SINK", "REASON", "TRIES", "EVENT", "ID"] as const;

/** A table of dead letters for people. */
export function lettersText(letters: readonly Letter[], paint: Paint): string {
  if (letters.length === 0) return "No dead letters.\n";
  const rows = letters.map((letter) => [
    localTime(letter.at),
    letter.sink,
    letter.reason,
    String(letter.attempts),
    briefOf(letter),
    letter.id,
  ]);
  const [head = "", ...lines] = table(heads, rows);
  return [paint("dim", head), ...lines, ""].join("\n");
}

/** All that is known of one dead letter, for people. */
export function letterText(letter: Letter, now: number, paint: Paint): string {
  const { id, sink, reason, message, status, attempts, first, last, at, time, excerpt, json } = letter;
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  const span = first === last ? localTime(first) : `${localTime(first)} to ${localTime(last)}`;
  const what = reason === "purged" ? "purged (put away for good)" : reason;
  const rows: readonly (readonly [string, string])[] = [
    ["event", `${briefOf(letter)}, observed ${localTime(time)}`],
    ["sink", sink],
    [
      "reason",
      `${what}: ${oneLine(message)}${status === undefined ? "" : ` (status ${oneLine(String(status))})`}`,
    ],
    ["tried", attempts === 0 ? "never" : `${tries}, ${span}`],
    ["given up", `${localTime(at)}, ${formatDuration(Math.max(0, now - at))} ago`],
    ...(excerpt === undefined ? [] : [["answer", oneLine(excerpt)] as const]),
    ["content", json === null ? "gone, or not what was written" : visible(json)],
  ];
  return [
    paint("bold", oneLine(id)),
    ...rows.map(([name, text]) => `  ${paint("dim", name.padEnd(8))}  ${text}`),
    "",
  ].join("\n");
}

/** A dead letter for programs; times in RFC 3339. */
export function letterJson(letter: Letter): object {
  const { id, sink, reason, message, status, attempts, first, last, at, time, excerpt, json, type } = letter;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    id,
    sink,
    type,
    reason,
    message,
    status: status ?? null,
    attempts,
    first: iso(first),
    last: iso(last),
    at: iso(at),
    time: iso(time),
    excerpt: excerpt ?? null,
    event: json === null ? null : (JSON.parse(json) as ForewarnEvent),
  };
}

/** What the event says, in a few words. */
function briefOf({ json, type }: Pick<Letter, "json" | "type">): string {
  if (json === null) return oneLine(type.replace("io.forewarn.", ""));
  const event = JSON.parse(json) as ForewarnEvent;
  const { what } = describeEvent(event);
  const { eventType, resources } = event.data as {
    readonly eventType?: string;
    readonly resources?: readonly string[];
  };
  return eventType === undefined ? what : oneLine(`${what} ${eventType} of ${resources?.join(", ") ?? "?"}`);
}
