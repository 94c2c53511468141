import type { Telemetry } from "@forewarn/agent";
import type { Io } from "../io.ts";
import { createEventPrinter } from "./event-printer.ts";

/**
 * Prints each event of an agent in this process as it is delivered. With `json`, one object per delivery. Call what it
 * returns at the end.
 */
export function printEvents(telemetry: Telemetry, sinks: number, io: Io, json: boolean): () => void {
  const printer = createEventPrinter(sinks, io, json);
  telemetry.on("appended", (envelopes) => {
    for (const { seq } of envelopes) printer.stored(seq);
  });
  telemetry.on("delivered", ({ sink, envelopes, ms: took }) => {
    for (const { seq, event } of envelopes) {
      const ms = printer.delivered(sink, { seq, event, ms: took });
      if (json) io.stdout.write(`${JSON.stringify({ sink, ms, event })}\n`);
    }
  });
  return printer.end;
}
