import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestant.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { cpuMs, memoryOf, usageIsKnown } from "./process-usage.ts";
import { openStage, type Player, type Stage } from "./stage.ts";
import { sum } from "./statistics.ts";

const pollIntervalMs = 1000;
/** The start is over then, and what only it needed has been given back. */
const settleMs = 8000;
const roundSeconds = 5;

/** CPU and memory while nothing happens, both contestants at the same time, one poll per second each. */
export async function idle(
  contestants: readonly [Contestant, Contestant],
  { idleSeconds }: BenchSettings,
): Promise<readonly Figure[]> {
  if (!usageIsKnown) {
    console.log("idle: left out, since only Linux tells what a process uses");
    return [];
  }
  await using agentStage = await openStage(contestants[0]);
  await using bareStage = await openStage(contestants[1]);
  await using agentPlayer = agentStage.launch(pollIntervalMs);
  await using barePlayer = bareStage.launch(pollIntervalMs);
  await Promise.all([agentStage.next("polled"), bareStage.next("polled")]);
  await sleep(settleMs);

  const agent = createMeter(agentStage, agentPlayer);
  const bare = createMeter(bareStage, barePlayer);
  for (let left = idleSeconds; left > 0; left -= roundSeconds) {
    await sleep(Math.min(left, roundSeconds) * 1000);
    agent.read();
    bare.read();
  }
  const held = [memoryOf(agentPlayer.pid), memoryOf(barePlayer.pid)] as const;
  const surprises = [await surprise(agentStage), await surprise(bareStage)] as const;
  return [
    figure("idle.cpu", "idle: CPU per poll", "ms", [agent.perPoll(), bare.perPoll()], {
      floor: { ratio: 2 },
      rounds: { forewarn: agent.rounds(), bare: bare.rounds() },
    }),
    figure("idle.rss", "idle: RSS", "MB", [held[0].rss, held[1].rss], { floor: { value: 75 } }),
    figure("idle.pss", "idle: PSS", "MB", [held[0].pss, held[1].pss]),
    figure("idle.rss-peak", "idle: highest RSS, start included", "MB", [held[0].peak, held[1].peak]),
    figure("idle.reaction", "idle: first reaction after it", "ms", surprises),
  ];
}

interface Meter {
  /** Ends a round. */
  read(): void;
  /** CPU milliseconds per poll over the whole window. */
  perPoll(): number;
  /** The same for each round. */
  rounds(): readonly number[];
}

function createMeter(stage: Stage, { pid }: Player): Meter {
  const used: number[] = [];
  const polls: number[] = [];
  let last = { cpu: cpuMs(pid), polls: stage.polls() };
  return {
    read() {
      const now = { cpu: cpuMs(pid), polls: stage.polls() };
      used.push(now.cpu - last.cpu);
      polls.push(now.polls - last.polls);
      last = now;
    },
    perPoll: () => sum(used) / sum(polls),
    rounds: () => used.map((cpu, round) => cpu / (polls[round] ?? 0)),
  };
}

/** One change after a long silence, when connections are closed and caches are cold: a real event is like that. */
async function surprise(stage: Stage): Promise<number> {
  const [served, news] = [stage.next("served"), stage.next("news")];
  stage.simulator.schedule({ EventType: "Reboot" });
  const [servedAt, newsAt] = await Promise.all([served, news]);
  return newsAt - servedAt;
}
