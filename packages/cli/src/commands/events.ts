import { isImdsError, type ScheduledEventEntry } from "@forewarn/imds";
import { formatDuration } from "@forewarn/sdk";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { explainSilence } from "../log/silence.ts";
import { table } from "../print/table.ts";
import { clientOf, endpointOption } from "./endpoint.ts";

/** Shows what Azure announces now. */
export const events: Command = {
  name: "events",
  summary: "Shows the scheduled events that Azure announces now.",
  options: endpointOption,
  examples: [
    ["forewarn events", "a table"],
    ["forewarn events --json", "for programs"],
  ],
  async run({ options }, io) {
    const client = clientOf(options, io);
    const heard = explainSilence((text) => io.stderr.write(`forewarn events: ${text}\n`));
    try {
      const document = await client.scheduledEvents();
      for (const warning of document.warnings) io.stderr.write(`forewarn events: ${warning}\n`);
      io.stdout.write(
        options["json"] === true
          ? `${JSON.stringify({ incarnation: document.incarnation, events: document.events }, null, 2)}\n`
          : tableOf(document.events, Date.now()),
      );
      return exitCode.ok;
    } catch (error) {
      if (!isImdsError(error)) throw error;
      io.stderr.write(`forewarn events: ${error.message}\n`);
      return exitCode.failed;
    } finally {
      heard();
      client.close();
    }
  },
};

const heads = ["WHAT", "STATUS", "WHEN", "LASTS", "BY", "VMS", "EVENT ID"] as const;

function tableOf(entries: readonly ScheduledEventEntry[], now: number): string {
  if (entries.length === 0) return "No scheduled events now.\n";
  const rows = entries.map((entry) => rowOf(entry, now));
  return table(heads, rows)
    .map((line) => `${line}\n`)
    .join("");
}

function rowOf(entry: ScheduledEventEntry, now: number): readonly string[] {
  const { notBefore, durationSeconds } = entry;
  return [
    entry.eventType,
    entry.eventStatus,
    notBefore === null
      ? "-"
      : `${notBefore > now ? "in " : "past "}${formatDuration(Math.abs(notBefore - now))}`,
    durationSeconds === null ? "?" : `${durationSeconds} s`,
    entry.eventSource ?? "?",
    entry.resources.join(","),
    entry.eventId,
  ];
}
