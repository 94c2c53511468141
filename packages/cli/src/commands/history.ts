import type { HistoryEntry, HistoryFilter } from "@forewarn/agent";
import { type Command, type Given, UsageError } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { paintFor, type Paint } from "../log/color.ts";
import { historyCsv, historyJson, historyText } from "../print/history-text.ts";
import { archiveOptions, sinceOf, withArchive } from "./archive.ts";

const formats: Readonly<Record<string, (entries: readonly HistoryEntry[], paint: Paint) => string>> = {
  table: historyText,
  ndjson: (entries) => entries.map((entry) => `${JSON.stringify(historyJson(entry))}\n`).join(""),
  csv: historyCsv,
};

/** What was seen and forwarded. */
export const history: Command = {
  name: "history",
  summary: "Shows what was seen, when, with how much notice, and what each sink got of it.",
  options: {
    since: {
      type: "string",
      value: "WHEN",
      help: "Only what was observed since: 2h, 7d, or a time in RFC 3339.",
    },
    type: { type: "string", value: "GLOB", help: "Only these types: scheduledevent.*, agent.started." },
    "event-id": {
      type: "string",
      value: "ID",
      help: "Only the story of this EventId, or one event by its id.",
    },
    sink: { type: "string", value: "NAME", help: "Only what this sink got, will get, or would not take." },
    limit: { type: "string", value: "N", help: "The newest N. Default 50." },
    format: { type: "string", value: "FORMAT", help: `${Object.keys(formats).join(", ")}. Default table.` },
    ...archiveOptions,
  },
  examples: [
    ["forewarn history", "the newest 50, beside a running agent or without one"],
    ["forewarn history --since 7d --type 'scheduledevent.*' --format csv", "for a report"],
    ["forewarn history --event-id C7061BAC-… --json", "one story, for programs"],
    ["forewarn history --sink ops --limit 500", "pending: not delivered yet, or not looked at yet"],
  ],
  async run({ options }, io) {
    const filter = filterOf(options);
    const { format = "table", json } = options;
    const write = formats[String(format)];
    if (write === undefined)
      throw new UsageError(
        `--format takes one of ${Object.keys(formats).join(", ")}, got ${JSON.stringify(format)}`,
      );
    if (json === true && options["format"] !== undefined)
      throw new UsageError("--json does not go with --format: ndjson has one object per line");
    return withArchive({ command: "history", options, mode: "read" }, io, (archive) => {
      const entries = archive.history(filter);
      io.stdout.write(
        json === true
          ? `${JSON.stringify({ events: entries.map(historyJson) }, null, 2)}\n`
          : write(entries, paintFor(io.stdout, io.env)),
      );
      return exitCode.ok;
    });
  },
};

function filterOf(options: Given["options"]): HistoryFilter {
  const { since, type, sink, limit = "50", "event-id": id } = options;
  if (!/^[1-9]\d{0,6}$/.test(String(limit)))
    throw new UsageError(`--limit takes a whole number from 1 to 9999999, got ${JSON.stringify(limit)}`);
  const from = sinceOf(since, Date.now());
  return {
    limit: Number(limit),
    ...(from === undefined ? {} : { since: from }),
    ...(typeof type === "string" ? { types: [type, `io.forewarn.${type}`] } : {}),
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof sink === "string" ? { sink } : {}),
  };
}
