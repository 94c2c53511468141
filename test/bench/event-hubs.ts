import { join } from "node:path";
import { writeBacklog } from "./backlog-file.ts";
import { type Contestant, sinksOf, stateOf } from "./contestant.ts";
import { ofBacklog } from "./drainers.ts";
import { startBroker } from "./event-hubs-process.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { cpuMs, usageIsKnown } from "./process-usage.ts";
import { openStage } from "./stage.ts";
import { median } from "./statistics.ts";

const modes = ["binary", "structured"] as const;
type Mode = (typeof modes)[number];

/** As many as the sink puts into one batch of the SDK. */
const perBatch = 125;
/** Until this part has arrived, a contestant starts, connects and warms up. */
const warmUp = 0.2;

/** One drain after the warm-up: events per second, and CPU of all threads, microseconds per event. */
interface Drained {
  readonly rate: number;
  readonly cpu: number;
}

/**
 * How fast a backlog of 1 kB events that stands on disk reaches an Event Hub and is settled, beside a loop over the same SDK
 * that has the events in memory: in turn, against an emulator that is a process of its own.
 */
export async function eventHubs(
  [agent]: readonly [Contestant, Contestant],
  { drainEvents: events, drainRounds: rounds }: BenchSettings,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const mode of modes) {
    const drains = { forewarn: [] as Drained[], bare: [] as Drained[] };
    for (let round = 0; round < rounds; round++) {
      drains.forewarn.push(await drain(events, (broker) => forewarn(agent, broker, mode, events)));
      drains.bare.push(await drain(events, (broker) => bareLoop(broker, mode, events)));
    }
    figures.push(...figuresOf(mode, drains));
  }
  return figures;
}

type Drains = Readonly<Record<"forewarn" | "bare", readonly Drained[]>>;

function figuresOf(mode: Mode, drains: Drains): readonly Figure[] {
  const of = (what: keyof Drained) => {
    const forewarn = drains.forewarn.map((drained) => drained[what]);
    const bare = drains.bare.map((drained) => drained[what]);
    return { medians: [median(forewarn), median(bare)] as const, rounds: { forewarn, bare } };
  };
  const [rate, cpu] = [of("rate"), of("cpu")];
  const name = `event hubs: ${mode}`;
  return [
    figure(`event-hubs.${mode}`, `${name}, batches of ${perBatch}`, "ev/s", rate.medians, {
      floor: { leastRatio: 0.8 },
      rounds: rate.rounds,
    }),
    figure(`event-hubs.${mode}.cpu`, `${name}: CPU per event`, "us", cpu.medians, { rounds: cpu.rounds }),
  ];
}

function forewarn(agent: Contestant, connectionString: string, mode: Mode, events: number): Contestant {
  const options = { eventHub: "hub", mode, connectionString };
  return {
    ...agent,
    prepare(task) {
      writeBacklog(stateOf(task.directory), { events, sinks: ["stream"] });
      return agent.prepare({
        ...task,
        sinks: sinksOf({ stream: { type: "event-hubs", when: ofBacklog, options } }),
      });
    },
  };
}

function bareLoop(connectionString: string, mode: Mode, events: number): Contestant {
  const program = join(import.meta.dirname, "event-hubs-bare.ts");
  // Some more, so that it is alive when its usage is read.
  const count = String(events + 10 * perBatch);
  return {
    name: "bare loop over the SDK",
    prepare: () => [
      "--disable-warning=ExperimentalWarning",
      program,
      connectionString,
      mode,
      count,
      String(perBatch),
    ],
    isNews: () => false,
  };
}

async function drain(events: number, contestant: (connectionString: string) => Contestant): Promise<Drained> {
  await using broker = await startBroker();
  const first = Math.round(events * warmUp);
  const [begun, ended] = [broker.received(first), broker.received(events)];
  const who = contestant(broker.connectionString);
  await using stage = await openStage(who);
  await using player = stage.launch(1000);
  const used = () => (usageIsKnown ? cpuMs(player.pid) : Number.NaN);
  try {
    const from = await begun;
    const before = used();
    const until = await ended;
    const measured = events - first;
    return { rate: measured / ((until - from) / 1000), cpu: ((used() - before) * 1000) / measured };
  } catch (error) {
    ended.catch(() => undefined);
    throw new Error(`${who.name}, event hubs: ${(error as Error).message}: ${stage.said()}`, {
      cause: error,
    });
  }
}
