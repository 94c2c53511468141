import { stripVTControlCharacters } from "node:util";
import { cutText, formatDuration, oneLine } from "@forewarn/sdk";
import type { Io } from "../../io.ts";
import { paintFor } from "../../log/color.ts";
import { localTime } from "../local-time.ts";
import { changeText } from "./event-change.ts";
import type { EventScreen } from "./event-screen.ts";
import { eventsTable, type EventsView } from "./events-table.ts";

const mostChanges = 5;
/** Without an answer for so long it is said that one is waited for. */
const patienceMs = 3000;
const tickMs = 1000;

/** A watch on a terminal: a table that is drawn anew in its place every second, with the newest changes and any trouble below it. */
export function eventBoard(io: Io, now: () => number = Date.now): EventScreen {
  const paint = paintFor(io.stdout, io.env);
  let view: EventsView | null = null;
  let seenAt = 0;
  let askedAt: number | null = null;
  let trouble: { readonly message: string; readonly since: number } | null = null;
  let changes: readonly string[] = [];
  let drawn: readonly string[] = [];

  /** A terminal that does not know its size says 0. */
  function size() {
    const columns = io.stdout.columns || 80;
    return { columns, width: columns - 1, rows: io.stdout.rows || 24 };
  }

  function lines(): readonly string[] {
    const { width, rows } = size();
    const at = now();
    const below = [...changes.map((line) => paint("dim", cutText(line, width))), ...troubleLines(at, width)];
    const own = typeof view?.ownName === "string" ? ` of ${oneLine(view.ownName)}` : "";
    const title = `Scheduled events${own}, ${localTime(at)}. Ctrl-C ends.`;
    const table = view === null ? [] : eventsTable({ ...view, now: at }, paint, width);
    // One line stays free for the cursor; what would scroll away could not be drawn over.
    const room = Math.max(1, rows - 4 - below.length);
    const shown = table.length <= room ? table : [...table.slice(0, room - 1), paint("dim", "…")];
    return [paint("bold", cutText(title, width)), ...shown, ...(below.length === 0 ? [] : [""]), ...below];
  }

  function troubleLines(at: number, width: number): readonly string[] {
    const waited = askedAt === null ? 0 : at - askedAt;
    const waiting = waited >= patienceMs ? [`asked ${formatDuration(waited)} ago, no answer yet`] : [];
    const old = view === null ? [] : [`the table is of ${localTime(seenAt)}`];
    if (trouble === null)
      return waiting.map((text) => paint("yellow", cutText(`IMDS: ${[text, ...old].join("; ")}`, width)));
    const since = `no good answer for ${formatDuration(Math.max(0, at - trouble.since))}`;
    return [
      paint("red", cutText(`IMDS: ${[since, ...waiting, ...old].join("; ")}`, width)),
      ...wrapped(trouble.message, width).map((line) => paint("red", line)),
    ];
  }

  function draw(): void {
    const next = lines();
    const { columns } = size();
    // A terminal that has become narrower has broken the lines that stand there.
    const height = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)),
      0,
    );
    const up = height === 0 ? "" : `\u001b[${height}A\r`;
    io.stdout.write(`${up}${next.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
    drawn = next;
  }

  draw();
  const ticking = setInterval(draw, tickMs);

  return {
    asking(at) {
      askedAt = at;
    },
    seen(seen, more) {
      view = seen;
      seenAt = seen.now;
      askedAt = null;
      const told = more.filter(({ change }) => change !== "present");
      const texts = told.map(
        (change) => `${localTime(seen.now)}  ${changeText(change, seen.ownName, seen.now)}`,
      );
      changes = [...changes, ...texts].slice(-mostChanges);
      draw();
    },
    failed({ message }, _, since) {
      askedAt = null;
      trouble = { message: oneLine(message), since };
      draw();
    },
    recovered() {
      trouble = null;
    },
    end() {
      clearInterval(ticking);
      draw();
    },
  };
}

/** A text in lines that are no wider, broken between words where that can be. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = cutText(line === "" ? word : `${line} ${word}`, width);
  }
  return [...lines, line];
}
