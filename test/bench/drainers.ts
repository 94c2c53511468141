import { join } from "node:path";
import { type Contestant, sinksOf, stateOf } from "./contestant.ts";
import { cpuMs, memoryOf, usageIsKnown } from "./process-usage.ts";
import { startSinkProcess, type Tally } from "./sink-process.ts";
import { openStage } from "./stage.ts";
import { backlogType, writeBacklog } from "./backlog-file.ts";

/** What is drained, and how. */
export interface Drain {
  readonly events: number;
  readonly mode: "structured" | "batched";
  /** Requests under way at once. */
  readonly concurrency: number;
  /** How many events in a row are of one scheduled event. Default 1. */
  readonly perStory?: number;
  /** How long the sink takes for its answer. Default 0. */
  readonly delayMs?: number;
}

/** What came of a drain. */
export interface Drained extends Tally {
  /** CPU of all threads of whoever sent, microseconds per event. */
  readonly cpuUs: number;
  /** The highest RSS of whoever sent, MB. */
  readonly peak: number;
}

const patienceMs = 120_000;
const eventsPerBatch = 100;

/** Only what the backlog holds: the agent tells of itself, too. */
export const ofBacklog = { scope: "all", types: [backlogType] } as const;

/** Lets Forewarn drain a backlog that stands in its state directory into a webhook. */
export function drainForewarn(agent: Contestant, drain: Drain): Promise<Drained> {
  const { events, mode, concurrency, perStory = 1 } = drain;
  return drained(drain, (url) => ({
    ...agent,
    prepare(task) {
      writeBacklog(stateOf(task.directory), { events, sinks: ["hook"], perStory });
      const hook = { type: "webhook", when: ofBacklog, concurrency, options: { url, mode } };
      return agent.prepare({ ...task, sinks: sinksOf({ hook }) });
    },
  }));
}

/** Lets the bare undici loop send the same events. */
export function drainBare(drain: Drain): Promise<Drained> {
  const { events, mode, concurrency } = drain;
  const perRequest = mode === "batched" ? eventsPerBatch : 1;
  const program = join(import.meta.dirname, "bare-drain.ts");
  return drained(drain, (url) => ({
    name: "bare undici loop",
    prepare: () => [
      "--disable-warning=ExperimentalWarning",
      program,
      url,
      ...[events, concurrency, perRequest].map(String),
    ],
    isNews: () => false,
  }));
}

async function drained(drain: Drain, contestant: (url: string) => Contestant): Promise<Drained> {
  const { events, mode } = drain;
  await using sink = await startSinkProcess(events, drain);
  const who = contestant(sink.url);
  await using stage = await openStage(who);
  await using player = stage.launch(1000);
  const cpu = () => (usageIsKnown ? cpuMs(player.pid) : Number.NaN);
  const failed = (error: unknown) => {
    throw new Error(`${who.name}, ${mode}: ${(error as Error).message}: ${stage.said()}`);
  };
  const warm = await sink.warm(patienceMs).catch(failed);
  const before = cpu();
  const tally = await sink.tally(patienceMs).catch(failed);
  const cpuUs = ((cpu() - before) * 1000) / (tally.events - warm);
  if (tally.duplicates + tally.disorder + tally.overlaps > 0)
    throw new Error(`${who.name}, ${mode}: not what was to be measured: ${JSON.stringify(tally)}`);
  return { ...tally, cpuUs, peak: usageIsKnown ? memoryOf(player.pid).peak : Number.NaN };
}
