import type { History, HistoryEntry, HistoryFilter } from "@forewarn/agent";
import { type Command, type Given, UsageError } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { paintFor, type Paint } from "../log/color.ts";
import { historyCsv } from "../print/history/history-csv.ts";
import { historyJson, noticeJson } from "../print/history/history-json.ts";
import { historyText } from "../print/history/history-text.ts";
import { type HistoryView, noticesOf, noticeTypes, shownNotices } from "../print/history/notice.ts";
import { archiveOptions, momentOf, withArchive } from "./given/archive.ts";

const formats = {
  table: historyText,
  ndjson: (view: HistoryView) =>
    view.entries.map((entry) => `${JSON.stringify(historyJson(entry, view))}\n`).join(""),
  csv: historyCsv,
} satisfies Readonly<Record<string, (view: HistoryView, paint: Paint) => string>>;

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
    until: { type: "string", value: "WHEN", help: "Only what was observed before: as --since." },
    type: { type: "string", value: "GLOB", help: "Only these types: scheduledevent.*, agent.started." },
    "event-id": {
      type: "string",
      value: "ID",
      help: "Only the story of this EventId, or one event by its id.",
    },
    sink: { type: "string", value: "NAME", help: "Only what this sink got, will get, or would not take." },
    limit: { type: "string", value: "N", help: "The newest N. Default 50." },
    format: {
      type: "string",
      value: "FORMAT",
      choices: Object.keys(formats),
      help: `${Object.keys(formats).join(", ")}. Default table.`,
    },
    ...archiveOptions,
  },
  examples: [
    ["forewarn history", "the newest 50, beside a running agent or without one"],
    ["forewarn history --since 7d --type 'scheduledevent.*' --format csv", "for a report"],
    ["forewarn history --event-id C7061BAC-… --json", "one story, for programs"],
    ["forewarn history --since 2026-11-01 --until 2026-12-01 --limit 9999", "a month, in UTC"],
    ["forewarn history --type scheduledevent.approved", "who let events start before their time"],
    ["forewarn history --sink ops --limit 500", "pending: not delivered yet, or not looked at yet"],
  ],
  async run({ options }, io) {
    const filter = filterOf(options);
    const { format = "table", json } = options;
    const write = formats[format as keyof typeof formats];
    if (json === true && options["format"] !== undefined)
      throw new UsageError("--json does not go with --format: ndjson has one object per line");
    return withArchive({ command: "history", options, mode: "read" }, io, (archive, configured) => {
      const view: HistoryView = { ...viewOf(archive, filter), configured };
      io.stdout.write(
        json === true
          ? `${JSON.stringify(jsonOf(view), null, 2)}\n`
          : write(view, paintFor(io.stdout, io.env)),
      );
      return exitCode.ok;
    });
  },
};

/** Degraded hardware is announced up to a week ahead (Azure docs: Scheduled Events): so long may a story be. */
const longestStoryMs = 8 * 86_400_000;

/** What is meant, and the notices of the scheduled events in it, which begin before and end after what is shown. */
function viewOf(archive: History, filter: HistoryFilter): Omit<HistoryView, "configured"> {
  const entries = archive.history(filter);
  const first = entries.find(isScheduled);
  if (first === undefined) return { entries, notices: new Map() };
  const last = entries.findLast(isScheduled) ?? first;
  const stories = archive.history({
    since: first.time - longestStoryMs,
    until: last.time + longestStoryMs,
    types: noticeTypes,
    limit: Number.MAX_SAFE_INTEGER,
  });
  return { entries, notices: noticesOf(stories) };
}

function isScheduled({ type }: HistoryEntry): boolean {
  return type.startsWith("io.forewarn.scheduledevent.");
}

function jsonOf(view: HistoryView): object {
  return {
    events: view.entries.map((entry) => historyJson(entry, view)),
    notices: shownNotices(view).map(noticeJson),
  };
}

function filterOf(options: Given["options"]): HistoryFilter {
  const { type, sink, limit = "50", "event-id": id } = options;
  if (!/^[1-9]\d{0,6}$/.test(String(limit)))
    throw new UsageError(`--limit takes a whole number from 1 to 9999999, got ${JSON.stringify(limit)}`);
  const now = Date.now();
  const [since, until] = [momentOf("since", options, now), momentOf("until", options, now)];
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError("--until is not later than --since, so nothing can be meant");
  return {
    limit: Number(limit),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(typeof type === "string" ? { types: [type, `io.forewarn.${type}`] } : {}),
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof sink === "string" ? { sink } : {}),
  };
}
