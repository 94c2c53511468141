import { createRedactor, type Probe, type probeSink } from "@forewarn/agent";
import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Settings } from "../../config/settings.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import type { Paint } from "../../log/color.ts";
import { createLogger } from "../../log/logger.ts";
import { logUncaught } from "../../log/uncaught.ts";

/** A sink and what came of looking at it. */
export interface ProbedSink extends Omit<Probe, "ms"> {
  readonly sink: string;
  readonly type: string;
  /** Whole milliseconds. */
  readonly ms: number;
  /** What to do, or what is still not known; null where all is well. */
  readonly note: string | null;
}

/** Opens every sink at once, each within its own timeout, and asks those that have a probe. Sends no event. */
export async function probeSinks(
  settings: Settings,
  io: Io,
  probe: typeof probeSink,
): Promise<readonly ProbedSink[]> {
  const secrets = settings.sinks.flatMap((sink) => sink.secrets);
  const log = createLogger({ ...settings.log, level: "warn" }, io, createRedactor(secrets));
  logUncaught(log);
  return Promise.all(
    settings.sinks.map(async ({ name, type }) => {
      const probed = await probe(name, settings, { log, environment: io.env });
      return { sink: name, type, ...probed, ms: Math.round(probed.ms), note: noteOf(name, probed.outcome) };
    }),
  );
}

function noteOf(sink: string, outcome: Probe["outcome"]): string | null {
  switch (outcome) {
    case "ready":
      return null;
    case "opened":
      return `it has no probe: whether its destination takes events is known only by sending one: forewarn test-sink ${sink}`;
    case "misconfigured":
    case "rejected":
      return "in a run the sink would be paused and its events kept; correct the option that the message names";
    case "hung":
      return "the sink does not obey its signal: that is a fault of the sink's code";
    default:
      return "in a run it would be tried again; see whether the destination is up and reachable";
  }
}

const exits: Readonly<Record<Probe["outcome"], number>> = {
  ready: exitCode.ok,
  opened: exitCode.ok,
  retry: exitCode.temporary,
  hung: exitCode.failed,
  rejected: exitCode.config,
  misconfigured: exitCode.config,
};

/** The exit code: that of the worst of them. What could not be known is no failure. */
export function exitOfProbes(probes: readonly Pick<ProbedSink, "outcome">[]): number {
  return Math.max(exitCode.ok, ...probes.map(({ outcome }) => exits[outcome]));
}

/** One line for each sink, with a second one where there is something to say; nothing where none was looked at. */
export function probesText(probes: readonly ProbedSink[], paint: Paint): string {
  return probes.map((probed) => `${lineOf(probed, paint)}\n`).join("");
}

function lineOf({ sink, type, outcome, ms, message = "", note }: ProbedSink, paint: Paint): string {
  const name = `${sink} (${type})`;
  const more = note === null ? "" : `\n    ${note}`;
  if (outcome === "ready")
    return `${paint("green", "✓")} ${name} would take events, asked in ${formatDuration(ms)}`;
  if (outcome === "opened") return `${paint("yellow", "?")} ${name} was opened${more}`;
  return `${paint("red", "✗")} ${name}: ${paint("red", outcome)} after ${formatDuration(ms)}: ${oneLine(message)}${more}`;
}
