import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestant.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { openStage, type Stage } from "./stage.ts";
import { quantile } from "./statistics.ts";

const pollIntervalMs = 100;
const warmUp = 9;
const name = "reaction beyond the poll wait";

/**
 * From the moment IMDS sent a changed document to the request on the receiver's socket: what comes on top of the wait
 * for the poll. Samples of both contestants alternate. Forewarn's event is on disk by then; the bare loop's is not.
 */
export async function reaction(
  contestants: readonly [Contestant, Contestant],
  { reactionSamples }: BenchSettings,
): Promise<readonly Figure[]> {
  await using agentStage = await openStage(contestants[0]);
  await using bareStage = await openStage(contestants[1]);
  await using players = new AsyncDisposableStack();
  const { directory } = players.use(agentStage.launch(pollIntervalMs));
  players.use(bareStage.launch(pollIntervalMs));
  await Promise.all([agentStage.next("polled"), bareStage.next("polled")]);
  await sleep(500);

  const changes = [createChanges(agentStage), createChanges(bareStage)] as const;
  const rounds = { forewarn: [] as number[], bare: [] as number[] };
  const syncs: number[] = [];
  for (let sample = 0; sample < warmUp + reactionSamples; sample++) {
    const [forewarn, bare] = [await changes[0](), await changes[1]()];
    if (sample < warmUp) continue;
    rounds.forewarn.push(forewarn);
    rounds.bare.push(bare);
    syncs.push(syncMs(join(directory, "synced")));
  }
  await sleep(200);
  checkFile(join(directory, "events.ndjson"), warmUp + reactionSamples);

  const sync = (part: number) => [null, quantile(syncs, part)] as const;
  const quantiles = (part: number) => [quantile(rounds.forewarn, part), quantile(rounds.bare, part)] as const;
  return [
    figure("reaction.p50", `${name}: p50`, "ms", quantiles(0.5), { rounds }),
    figure("reaction.p95", `${name}: p95`, "ms", quantiles(0.95), { floor: { value: 2 } }),
    figure("reaction.p99", `${name}: p99`, "ms", quantiles(0.99)),
    figure("disk.p50", "reaction: of which one bare fdatasync: p50", "ms", sync(0.5)),
    figure("disk.p95", "reaction: of which one bare fdatasync: p95", "ms", sync(0.95)),
  ];
}

/** Each call makes the next change of an event's life, at any phase of the polling, and measures it. */
function createChanges(stage: Stage): () => Promise<number> {
  const { simulator } = stage;
  let step = 0;
  let eventId = "";
  return async () => {
    await sleep(Math.random() * pollIntervalMs);
    const [served, news] = [stage.next("served"), stage.next("news")];
    if (step % 3 === 0) eventId = simulator.schedule({ EventType: "Reboot" }).EventId;
    else if (step % 3 === 1) simulator.start(eventId);
    else simulator.remove(eventId);
    step++;
    const [servedAt, newsAt] = await Promise.all([served, news]);
    return newsAt - servedAt;
  };
}

/** What the disk asks for 1 KB at this moment: Forewarn pays it once before it sends, the bare loop never. */
function syncMs(path: string): number {
  const file = openSync(path, "a");
  try {
    const began = performance.now();
    writeSync(file, Buffer.alloc(1024, "x"));
    fdatasyncSync(file);
    return performance.now() - began;
  } finally {
    closeSync(file);
  }
}

/** A fast agent that loses events is not what is measured here. */
function checkFile(path: string, expected: number): void {
  const lines = readFileSync(path, "utf8").split("\n");
  const found = lines.filter((line) => line.includes('"type":"io.forewarn.scheduledevent.')).length;
  if (found !== expected)
    throw new Error(`the file sink has ${found} scheduled events instead of ${expected}`);
}
