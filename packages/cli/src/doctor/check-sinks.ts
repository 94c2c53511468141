import { probeSink } from "@forewarn/agent";
import { formatDuration, oneLine } from "@forewarn/sdk";
import { type ProbedSink, probeSinks } from "../commands/validate/probes.ts";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("sink");

/** Opens each sink and asks its probe, all at once. */
export async function* checkSinks({ settings, io }: Patient): AsyncIterable<Finding> {
  if (settings === null) return yield skipped("Which sinks there are is not known");
  yield* (await probeSinks(settings, io, probeSink)).map(findingOf);
}

function findingOf({ sink, type, outcome, ms, message = "", note: more }: ProbedSink): Finding {
  const name = `${sink} (${type})`;
  if (outcome === "ready") return ok(`${name} would take events, asked in ${formatDuration(ms)}`);
  if (outcome === "opened") return note(`${name} was opened`, more ?? undefined);
  return fail(`${name}: ${oneLine(message)}`, more ?? undefined);
}
