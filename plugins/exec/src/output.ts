import type { Logger } from "@forewarn/sdk";
import { createLineSplitter } from "./line-splitter.ts";
import { type Concealer, printable } from "./printable.ts";

/** Where a command wrote something. */
export type Stream = "stdout" | "stderr";

/** What one run writes: line by line into the log, up to a limit, and its end for an error. */
export interface Output {
  take(stream: Stream, chunk: Buffer): void;
  /** Tells the last lines, and how much was left out. */
  end(): void;
  /** The end of what it wrote to stderr, else to stdout, in whole lines if possible; at most 2,000 characters. */
  tail(): string;
}

/** What {@link createOutput} works with. */
export interface OutputContext {
  readonly log: Logger;
  /** Goes with each line. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly conceal: Concealer;
  /** How much of one run is logged; 0 = nothing. */
  readonly maxBytes: number;
}

const maxLines = 200;
const maxLineBytes = 2000;
const maxTail = 2000;

/** Captures one run; its memory is bounded, whatever the command writes. */
export function createOutput({ log, fields, conceal, maxBytes }: OutputContext): Output {
  let [lines, bytes, leftOut] = [0, 0, 0];
  /** What comes after the limit may be shorter than what hit it; told all the same, it would seem to follow. */
  let isFull = false;

  function tell(stream: Stream, line: Buffer, over: number): void {
    isFull ||= lines >= maxLines || bytes + line.length > maxBytes;
    if (isFull) {
      leftOut += line.length + over + 1;
      return;
    }
    lines++;
    bytes += line.length;
    leftOut += over;
    const text = conceal(line.toString());
    // Of a line that was cut the last characters may be a part of a secret.
    const shown = over === 0 ? text : `${text.slice(0, Math.max(0, text.length - conceal.longest))}…`;
    log.info(`${stream}: ${printable(shown)}`, fields);
  }

  const capture = (stream: Stream) => ({
    lines: createLineSplitter(maxLineBytes + conceal.longest, (line, over) => tell(stream, line, over)),
    tail: createTail(maxTail + conceal.longest),
  });
  const captured = { stdout: capture("stdout"), stderr: capture("stderr") };

  return {
    take(stream, chunk) {
      if (isFull) leftOut += chunk.length;
      else captured[stream].lines.take(chunk);
      captured[stream].tail.take(chunk);
    },
    end() {
      captured.stdout.lines.end();
      captured.stderr.lines.end();
      if (leftOut > 0 && maxBytes > 0) log.info(`and ${sizeOf(leftOut)} more, which is not logged`, fields);
    },
    tail: () => captured.stderr.tail.text(conceal) || captured.stdout.tail.text(conceal),
  };
}

/** Keeps the last bytes of a stream. */
function createTail(keep: number) {
  let last = Buffer.alloc(0);
  let total = 0;
  return {
    take(chunk: Buffer): void {
      total += chunk.length;
      last = Buffer.concat([last, chunk.subarray(-keep)]).subarray(-keep);
    },
    text(conceal: Concealer): string {
      const lines = conceal(last.toString())
        .split(/[\r\n]+/)
        .map(printable);
      const [first = "", ...rest] = lines;
      const isCut = total > last.length;
      // The first line of what was cut is half a line; where there is no other, it may begin with half a secret.
      const whole = isCut ? (rest.length > 1 ? rest : [first.slice(conceal.longest), ...rest]) : lines;
      return whole.join("\n").trim().slice(-maxTail).toWellFormed();
    },
  };
}

/** Bytes as people read them. */
function sizeOf(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 100) / 10} kB`;
}
