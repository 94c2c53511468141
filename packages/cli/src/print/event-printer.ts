import { describeEvent, type ForewarnEvent } from "@forewarn/sdk";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import { clockTime } from "../log/logger.ts";

/** Prints events in the order of the outbox, one line each that names every sink that has it and how soon. */
export interface EventPrinter {
  /** It is on disk. With the event itself it is printed even where no sink takes it, without it when the first has. */
  stored(seq: number, event?: ForewarnEvent): void;
  /** A sink has it, after a call of `ms`; what is returned is how long after it was on disk, or the call's time. */
  delivered(sink: string, delivery: Delivered): number;
  /** Prints what still waits for other sinks. */
  end(): void;
}

/** An event at one sink. */
export interface Delivered {
  readonly seq: number;
  readonly event: ForewarnEvent;
  readonly ms: number;
}

/** An event on its way to the terminal. */
interface Line {
  /** When it was on disk, `performance.now()`; null where that was not seen. */
  readonly stored: number | null;
  readonly receipts: string[];
  event?: ForewarnEvent;
  printed: boolean;
}

const patienceMs = 500;
/** Events of which some sink wants nothing are never complete; older ones are forgotten. */
const mostLines = 1000;
const indent = " ".repeat(24);
const styles = { INFO: "green", WARN: "yellow", ERROR: "red" } as const;

/** A printer for so many sinks; one that is late gets a line of its own. With `silent` it only measures. */
export function createEventPrinter(sinks: number, io: Io, silent = false): EventPrinter {
  const paint = paintFor(io.stdout, io.env);
  const lines = new Map<number, Line>();

  function print(line: Line): void {
    if (line.printed || line.event === undefined) return;
    line.printed = true;
    if (silent) return;
    const { what, text } = describeEvent(line.event, (at) => clockTime(new Date(at)));
    const label = paint(styles[line.event.severitytext], what.padEnd(13));
    const time = paint("dim", clockTime(new Date(line.event.time)));
    const receipts = line.receipts.length === 0 ? "no sink has it yet" : line.receipts.join(", ");
    io.stdout.write(`${time}  ${label} ${text}\n${indent}${paint("dim", `→ ${receipts}`)}\n`);
  }

  function printUpTo(last: number): void {
    for (const [seq, line] of lines) if (seq <= last) print(line);
  }

  function printLater(seq: number): void {
    if (!silent) setTimeout(() => printUpTo(seq), patienceMs).unref();
  }

  function late(sink: string, event: ForewarnEvent): void {
    if (silent) return;
    const text = `→ ${sink}: ${describeEvent(event).what} of ${clockTime(new Date(event.time))}`;
    io.stdout.write(`${indent}${paint("dim", text)}\n`);
  }

  return {
    stored(seq, event) {
      const line: Line = { stored: performance.now(), receipts: [], printed: false };
      if (event !== undefined) {
        line.event = event;
        printLater(seq);
      }
      lines.set(seq, line);
      for (const old of lines.keys()) {
        if (lines.size <= mostLines) break;
        lines.delete(old);
      }
    },
    delivered(sink, { seq, event, ms: took }) {
      const line: Line = lines.get(seq) ?? { stored: null, receipts: [], printed: false };
      const ms = Math.round(line.stored === null ? took : performance.now() - line.stored);
      const receipt = `${sink} (${ms} ms)`;
      if (line.printed) late(receipt, event);
      line.receipts.push(receipt);
      const isFirst = line.event === undefined;
      line.event = event;
      lines.set(seq, line);
      if (isFirst) printLater(seq);
      if (line.receipts.length >= sinks) {
        printUpTo(seq);
        lines.delete(seq);
      }
      return ms;
    },
    end: () => printUpTo(Number.POSITIVE_INFINITY),
  };
}
