import type { Contestant } from "./contestant.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { cpuMs, usageIsKnown } from "./process-usage.ts";
import { openStage, type Stage } from "./stage.ts";
import { median } from "./statistics.ts";

const pollIntervalMs = 1000;

/**
 * From the process's start to the first request for the document at IMDS, and to the first request of an event that
 * stands there at the receiver. The contestants start in turn; the very first start of each only warms the page cache.
 */
export async function start(
  contestants: readonly [Contestant, Contestant],
  { startRuns }: BenchSettings,
): Promise<readonly Figure[]> {
  await using agentStage = await openStage(contestants[0]);
  await using bareStage = await openStage(contestants[1]);
  const agent: Starts = { poll: [], news: [], again: [], cpu: [] };
  const bare: Starts = { poll: [], news: [], again: [], cpu: [] };
  for (const stage of [agentStage, bareStage]) stage.simulator.schedule({ EventType: "Reboot" });
  for (let run = 0; run <= startRuns; run++) {
    await once(agentStage, run === 0 ? null : agent);
    await once(bareStage, run === 0 ? null : bare);
  }
  const medians = (of: keyof Starts, name: string, extra: Parameters<typeof figure>[4] = {}) =>
    figure(`start.${of}`, `start: ${name}`, "ms", [median(agent[of]), median(bare[of])], {
      rounds: { forewarn: agent[of], bare: bare[of] },
      ...extra,
    });
  return [
    medians("poll", "to the first poll", { floor: { value: 200 } }),
    medians("again", "to the first poll, state directory not new", { floor: { value: 200 } }),
    medians("news", "to the first delivery"),
    medians("cpu", "CPU until then, all threads"),
  ];
}

interface Starts {
  readonly poll: number[];
  readonly news: number[];
  readonly again: number[];
  readonly cpu: number[];
}

/** One start in an empty directory, a SIGKILL, and one where the first left its state. */
async function once(stage: Stage, starts: Starts | null): Promise<void> {
  {
    const moments = [stage.next("polled"), stage.next("news")] as const;
    await using player = stage.launch(pollIntervalMs);
    const [polledAt, newsAt] = await Promise.all(moments);
    starts?.poll.push(polledAt - player.launchedAt);
    starts?.news.push(newsAt - player.launchedAt);
    if (usageIsKnown) starts?.cpu.push(cpuMs(player.pid));
  }
  const polled = stage.next("polled");
  await using player = stage.launch(pollIntervalMs, "same");
  starts?.again.push((await polled) - player.launchedAt);
}
