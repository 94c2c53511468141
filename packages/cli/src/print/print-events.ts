import type { Envelope, Telemetry } from "@forewarn/agent";
import { describeEvent, type ForewarnEvent } from "@forewarn/sdk";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import { clockTime } from "../log/logger.ts";

/** An event on its way to the terminal. */
interface Line {
  /** When it was on disk, `performance.now()`. */
  readonly stored: number;
  readonly receipts: string[];
  event?: ForewarnEvent;
  printed: boolean;
}

const patienceMs = 500;
/** Events of which some sink wants nothing are never complete; older ones are forgotten. */
const mostLines = 1000;
const indent = " ".repeat(24);
const styles = { INFO: "green", WARN: "yellow", ERROR: "red" } as const;

/**
 * Prints each event as it is delivered, in the order of the outbox: one line that names every sink that has it and how
 * long after it was on disk; a sink that is late gets a line of its own. With `json`, one object per delivery. Call
 * what it returns at the end.
 */
export function printEvents(telemetry: Telemetry, sinks: number, io: Io, json: boolean): () => void {
  const paint = paintFor(io.stdout, io.env);
  const lines = new Map<number, Line>();

  function print(line: Line): void {
    if (line.printed || line.event === undefined) return;
    line.printed = true;
    const { what, text } = describeEvent(line.event, (at) => clockTime(new Date(at)));
    const label = paint(styles[line.event.severitytext], what.padEnd(13));
    const time = paint("dim", clockTime(new Date(line.event.time)));
    const receipts = paint("dim", `→ ${line.receipts.join(", ")}`);
    io.stdout.write(`${time}  ${label} ${text}\n${indent}${receipts}\n`);
  }

  function printUpTo(last: number): void {
    for (const [seq, line] of lines) if (seq <= last) print(line);
  }

  function delivered(sink: string, { seq, event }: Envelope): void {
    const line = lines.get(seq) ?? { stored: performance.now(), receipts: [], printed: false };
    const ms = Math.round(performance.now() - line.stored);
    if (json) io.stdout.write(`${JSON.stringify({ sink, ms, event })}\n`);
    const receipt = `${sink} (${ms} ms)`;
    if (line.printed) {
      const late = `→ ${receipt}: ${describeEvent(event).what} of ${clockTime(new Date(event.time))}`;
      io.stdout.write(`${indent}${paint("dim", late)}\n`);
    }
    line.receipts.push(receipt);
    line.event = event;
    lines.set(seq, line);
    if (line.receipts.length === 1 && !json) setTimeout(() => printUpTo(seq), patienceMs).unref();
    if (line.receipts.length < sinks) return;
    if (!json) printUpTo(seq);
    lines.delete(seq);
  }

  telemetry.on("appended", (envelopes) => {
    for (const { seq } of envelopes)
      lines.set(seq, { stored: performance.now(), receipts: [], printed: false });
    for (const seq of lines.keys()) {
      if (lines.size <= mostLines) break;
      lines.delete(seq);
    }
  });
  telemetry.on("delivered", ({ sink, envelopes }) => {
    for (const envelope of envelopes) delivered(sink, envelope);
  });
  return () => {
    if (!json) printUpTo(Number.POSITIVE_INFINITY);
  };
}
