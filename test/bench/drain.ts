import type { Contestant } from "./contestant.ts";
import { type Drain, drainBare, drainForewarn } from "./drainers.ts";
import { drainBareFile, drainFile } from "./file-drain.ts";
import { type BenchSettings, type Figure, type Floor, figure } from "./figure.ts";
import { median } from "./statistics.ts";

interface Way {
  readonly id: string;
  readonly name: string;
  readonly floor?: Floor;
  readonly forewarn: () => Promise<Sample>;
  readonly bare: () => Promise<Sample>;
}

interface Sample {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly peak: number;
}

/**
 * How fast a backlog of 1 kB events that stands on disk reaches its sink and is settled: a webhook with one event per
 * request over 8 connections, and with batches of 100; a file, synced at each batch. Beside it, in turn, loops that do
 * nothing but send or write the same bytes out of their memory.
 */
export async function drain(
  [agent]: readonly [Contestant, Contestant],
  { drainRounds: rounds, drainEvents: events }: BenchSettings,
): Promise<readonly Figure[]> {
  const single: Drain = { events, mode: "structured", concurrency: 8 };
  const batched: Drain = { events, mode: "batched", concurrency: 1 };
  const ways: readonly Way[] = [
    webhook("single", "webhook, one event per request", agent, single, { leastRatio: 0.8 }),
    webhook("batched", "webhook, batches of 100", agent, batched, { leastValue: 150_000 }),
    {
      id: "file",
      name: "file, synced",
      forewarn: () => drainFile(agent, events),
      bare: () => drainBareFile(events),
    },
  ];
  const samples = ways.map(() => ({ forewarn: [] as Sample[], bare: [] as Sample[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of ways.entries()) {
      samples[index]?.forewarn.push(await way.forewarn());
      samples[index]?.bare.push(await way.bare());
    }
  }
  return ways.flatMap(({ id, name, floor }, index) => {
    const { forewarn = [], bare = [] } = samples[index] ?? {};
    const of = (key: keyof Sample) => ({
      forewarn: forewarn.map((sample) => sample[key]),
      bare: bare.map((sample) => sample[key]),
    });
    const [rate, cpu, peak] = [of("perSecond"), of("cpuUs"), of("peak")];
    return [
      figure(`drain.${id}`, `drain: ${name}`, "ev/s", [median(rate.forewarn), median(rate.bare)], {
        rounds: rate,
        ...(floor === undefined ? {} : { floor }),
      }),
      figure(
        `drain.${id}.cpu`,
        `drain: ${name}: CPU per event`,
        "us",
        [median(cpu.forewarn), median(cpu.bare)],
        { rounds: cpu },
      ),
      figure(`drain.${id}.rss`, `drain: ${name}: highest RSS`, "MB", [
        median(peak.forewarn),
        median(peak.bare),
      ]),
    ];
  });
}

function webhook(id: string, name: string, agent: Contestant, drain: Drain, floor: Floor): Way {
  return { id, name, floor, forewarn: () => drainForewarn(agent, drain), bare: () => drainBare(drain) };
}
