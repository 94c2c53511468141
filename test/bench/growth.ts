import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Contestant, sinksOf, stateOf } from "./contestant.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { memoryOf, usageIsKnown } from "./process-usage.ts";
import { openStage } from "./stage.ts";
import { writeBacklog } from "./backlog-file.ts";

const watchMs = 4000;

/**
 * What a backlog costs that a dead sink leaves: the time from the process's start to the first poll, and the memory
 * some seconds later, when the sink was tried a few times. The bare loop has no backlog.
 */
export async function growth(
  [agent, bareLoop]: readonly [Contestant, Contestant],
  { growth: backlogs }: BenchSettings,
): Promise<readonly Figure[]> {
  const url = await deadUrl();
  const figures: Figure[] = [];
  for (const events of backlogs) {
    const forewarn = await started(withBacklog(agent, events, url));
    const bare = await started(bareLoop);
    const name = `${events.toLocaleString("en")} events undelivered`;
    figures.push(
      figure(`growth.${events}.start`, `${name}: start to the first poll`, "ms", [forewarn.ms, bare.ms], {
        floor: { value: 1000 },
      }),
    );
    if (usageIsKnown)
      figures.push(
        figure(`growth.${events}.rss`, `${name}: highest RSS`, "MB", [forewarn.peak, bare.peak], {
          floor: { value: 120 },
        }),
      );
  }
  return figures;
}

function withBacklog(agent: Contestant, events: number, url: string): Contestant {
  return {
    ...agent,
    prepare(task) {
      writeBacklog(stateOf(task.directory), { events, sinks: ["dead"] });
      const dead = { type: "webhook", options: { url } };
      // The usual 1 GB would evict a part of a million events.
      return agent.prepare({ ...task, sinks: sinksOf({ dead }), maxSize: "10GB" });
    },
  };
}

async function started(contestant: Contestant) {
  await using stage = await openStage(contestant);
  await using player = stage.launch(1000);
  const ms = (await stage.next("polled")) - player.launchedAt;
  await sleep(watchMs);
  return { ms, peak: usageIsKnown ? memoryOf(player.pid).peak : Number.NaN };
}

/** The URL of a port where nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/events`;
}
