/** Measures the built CLI beside bare counterparts in the same run; see README.md for how to read it. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { append } from "./append.ts";
import { backlog } from "./backlog.ts";
import { concurrency } from "./concurrency.ts";
import { bareLoop, type Contestant, forewarn } from "./contestant.ts";
import { drain } from "./drain.ts";
import { eventHubs } from "./event-hubs.ts";
import { type BenchSettings, type Figure, holds, ratioOf } from "./figure.ts";
import { type Flags, readFlags, usageOf } from "./flags.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { describeMachine } from "./machine.ts";
import { reaction } from "./reaction.ts";
import { start } from "./start.ts";
import { tableOf } from "./table.ts";

type Benchmark = (
  contestants: readonly [Contestant, Contestant],
  settings: BenchSettings,
) => Promise<readonly Figure[]>;

/** In the order in which they run; a new one is a file and a name here. */
const benchmarks = {
  idle,
  reaction,
  backlog,
  start,
  append,
  drain,
  concurrency,
  growth,
  "event-hubs": eventHubs,
} satisfies Readonly<Record<string, Benchmark>>;
type Name = keyof typeof benchmarks;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

try {
  const names = Object.keys(benchmarks) as Name[];
  const flags = readFlags(process.argv.slice(2), names);
  if (flags === null) console.log(usageOf(names));
  else await bench(flags);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function bench({ only, settings, json, cli, nodeOptions }: Flags<Name>): Promise<void> {
  const machine = describeMachine();
  const contestants = [forewarn(cli && resolve(cli), nodeOptions), bareLoop()] as const;
  const figures: Figure[] = [];
  for (const name of only) {
    console.log(`${name} …`);
    figures.push(...(await benchmarks[name](contestants, settings)));
  }
  const { node, cores, cpu, date, loadBefore } = machine;
  console.log(`\n${tableOf(figures)}\n`);
  console.log(
    `Node ${node}, ${cores} cores (${cpu}), load ${loadBefore.toFixed(1)} before, ${date}. Read the ratios.`,
  );
  const results = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), holds: holds(figure) }));
  writeFileSync(json, `${JSON.stringify({ machine, settings, figures: results }, null, 2)}\n`);
  console.log(`Written to ${json}.`);
}
