import type { Envelope, Telemetry } from "@forewarn/agent";
import type { ForewarnEvent } from "@forewarn/sdk";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import { clockTime } from "../log/logger.ts";
import { describeEvent } from "./describe-event.ts";

interface Waiting {
  readonly event: ForewarnEvent;
  readonly sinks: string[];
  readonly timer: NodeJS.Timeout;
}

const patienceMs = 500;
const styles = { INFO: "green", WARN: "yellow", ERROR: "red" } as const;

/**
 * Prints each event as it is delivered: one line that names every sink that has it and how long after it was on disk;
 * a sink that is late gets a line of its own. With `json`, one object per delivery.
 */
export function printEvents(telemetry: Telemetry, sinks: number, io: Io, json: boolean): () => void {
  const paint = paintFor(io.stdout, io.env);
  const stored = new Map<number, number>();
  const waiting = new Map<number, Waiting>();
  const printed = new Set<number>();

  function print(seq: number): void {
    const entry = waiting.get(seq);
    if (entry === undefined) return;
    waiting.delete(seq);
    clearTimeout(entry.timer);
    printed.add(seq);
    const { what, text } = describeEvent(entry.event);
    const label = paint(styles[entry.event.severitytext], what.padEnd(13));
    const time = paint("dim", clockTime(new Date(entry.event.time)));
    io.stdout.write(
      `${time}  ${label} ${text}\n${" ".repeat(24)}${paint("dim", `→ ${entry.sinks.join(", ")}`)}\n`,
    );
  }

  function delivered(sink: string, { seq, event }: Envelope): void {
    const ms = Math.round(performance.now() - (stored.get(seq) ?? performance.now()));
    const receipt = `${sink} (${ms} ms)`;
    if (json) {
      io.stdout.write(`${JSON.stringify({ sink, ms, event })}\n`);
      return;
    }
    if (printed.has(seq)) {
      io.stdout.write(
        `${" ".repeat(24)}${paint("dim", `→ ${receipt}: ${describeEvent(event).what} of ${event.time}`)}\n`,
      );
      return;
    }
    let entry = waiting.get(seq);
    if (entry === undefined) {
      const timer = setTimeout(() => print(seq), patienceMs);
      entry = { event, sinks: [], timer };
      waiting.set(seq, entry);
    }
    entry.sinks.push(receipt);
    if (entry.sinks.length === sinks) print(seq);
  }

  telemetry.on("appended", (envelopes) => {
    for (const { seq } of envelopes) stored.set(seq, performance.now());
  });
  telemetry.on("delivered", ({ sink, envelopes }) => {
    for (const envelope of envelopes) delivered(sink, envelope);
  });
  return () => {
    for (const seq of waiting.keys()) print(seq);
  };
}
