import type { HistoryEntry, Passage } from "@forewarn/agent";
import { formatDuration } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { table } from "../table.ts";

const heads = ["SINK", "DELIVERED", "MEDIAN", "SLOWEST", "PENDING", "DEAD"] as const;

/** A line per sink: how much of these events it has, and how soon after they were observed. */
export function deliverySummary(entries: readonly HistoryEntry[], paint: Paint): readonly string[] {
  const passages = entries.flatMap((entry) => entry.passages);
  const sinks = [...Map.groupBy(passages, ({ sink }) => sink)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (sinks.length === 0) return [];
  const [head = "", ...lines] = table(
    heads,
    sinks.map(([sink, own]) => rowOf(sink, own)),
  );
  return [paint("bold", "Delivery, from observed to delivered"), paint("dim", head), ...lines];
}

function rowOf(sink: string, passages: readonly Passage[]): readonly string[] {
  const times = passages
    .filter(({ state }) => state === "delivered")
    .map(({ afterMs = 0 }) => Math.max(0, afterMs))
    .toSorted((a, b) => a - b);
  const count = (state: Passage["state"]) => String(passages.filter((each) => each.state === state).length);
  const after = (ms: number | undefined) => (ms === undefined ? "-" : formatDuration(ms));
  return [
    sink,
    String(times.length),
    after(times[Math.floor((times.length - 1) / 2)]),
    after(times.at(-1)),
    count("pending"),
    count("dead"),
  ];
}
