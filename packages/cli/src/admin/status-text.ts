import type { AgentStatus, Glance, SinkStatus } from "@forewarn/agent";
import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Paint } from "../log/color.ts";
import { table } from "../print/table.ts";

const colors = { working: "green", failing: "yellow", paused: "red", hung: "red" } as const;

/** The status of a running agent in words. */
export function statusText(status: AgentStatus, paint: Paint): string {
  const { version, uptimeMs, healthy, problems, imds, outbox } = status;
  const now = Date.parse(status.now);
  const word = healthy ? paint("green", "healthy") : paint("red", "degraded");
  const rows = status.sinks.map((sink) => rowOf(sink, now));
  return [
    `forewarn ${oneLine(version)}, up ${formatDuration(uptimeMs)}: ${word}`,
    ...problems.map((problem) => `  ${paint("yellow", "!")} ${oneLine(problem)}`),
    "",
    `IMDS    ${imds.state}, last good poll ${since(imds.lastGoodPoll, now)}${
      imds.scheduledEvents === null ? "" : `, ${events(imds.scheduledEvents, "scheduled event")}`
    }`,
    ...imdsTrouble(imds),
    `outbox  ${outbox.degraded ? "in memory only, not" : "on disk"} in ${oneLine(outbox.directory)}${
      outbox.bytes === null ? "" : `, ${(outbox.bytes / 1e6).toFixed(1)} MB`
    }`,
    "",
    ...table(["SINK", "STATE", "DELIVERED", "PENDING", "OLDEST", "PARKED", "DEAD", "LATE"], rows).map(
      (line, index) => (index === 0 ? paint("dim", line) : painted(line, status.sinks[index - 1], paint)),
    ),
    ...status.sinks.flatMap((sink) => lastError(sink, now)),
    "",
  ].join("\n");
}

/** The bad answers of each endpoint by what was wrong with them, those in a row first, and how many documents could not be read whole. */
function imdsTrouble({ badAnswers, partialDocuments }: AgentStatus["imds"]): readonly string[] {
  const bad = Object.entries(badAnswers).map(([endpoint, { inARow, byClass }]) => {
    const classes = Object.entries(byClass).map(([name, count]) => `${name} ${count}`);
    return `        bad answers of ${endpoint}: ${classes.join(", ")}${inARow > 0 ? ` (${inARow} in a row now)` : ""}`;
  });
  if (partialDocuments === 0) return bad;
  return [...bad, `        documents with an entry that could not be read: ${partialDocuments}`];
}

function rowOf(sink: SinkStatus, now: number): readonly string[] {
  const { name, state, delivered, pending, oldestUndelivered, parked, dead, deadlineMissed } = sink;
  const oldest =
    oldestUndelivered === null ? "-" : formatDuration(Math.max(0, now - Date.parse(oldestUndelivered)));
  return [
    name,
    state,
    `${delivered}`,
    `${pending ?? "?"}`,
    oldest,
    `${parked}`,
    `${dead}`,
    `${deadlineMissed}`,
  ];
}

function painted(line: string, sink: SinkStatus | undefined, paint: Paint): string {
  if (sink === undefined) return line;
  const from = line.indexOf(sink.state, sink.name.length);
  return line.slice(0, from) + paint(colors[sink.state], sink.state) + line.slice(from + sink.state.length);
}

function lastError({ name, state, lastError: error }: SinkStatus, now: number): readonly string[] {
  // That of a sink which does not work stands above already.
  if (error === null || state !== "working") return [];
  return [`${name}: last error ${since(error.at, now)}: ${oneLine(error.message)}`];
}

/** What the state directory tells where no agent answers, in words; `configured` names the sinks, null where that is not known. */
export function glanceText(
  { running, lastGoodPoll, sinks }: Glance,
  {
    path,
    now,
    configured,
  }: { readonly path: string; readonly now: number; readonly configured: readonly string[] | null },
): string {
  const rows = sinks.map(({ name, pending, oldest, deadLetters }) => [
    name,
    `${pending}`,
    oldest === null ? "-" : formatDuration(Math.max(0, now - oldest)),
    `${deadLetters}`,
  ]);
  const state = {
    true: "an agent is running",
    false: "no agent is running",
    null: "whether an agent is running cannot be told",
  };
  return [
    `From the state directory ${path}: ${state[`${running}`]}.`,
    `last good poll  ${since(lastGoodPoll === null ? null : new Date(lastGoodPoll).toISOString(), now)}`,
    "",
    ...table(["SINK", "PENDING", "OLDEST", "DEAD"], rows),
    ...sinks
      .filter(({ name }) => configured?.includes(name) === false)
      .map(
        ({ name }) => `${oneLine(name)}: not in the configuration; its place is kept until it is put back`,
      ),
    "",
  ].join("\n");
}

function since(at: string | null, now: number): string {
  return at === null ? "never" : `${formatDuration(Math.max(0, now - Date.parse(at)))} ago`;
}

function events(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
