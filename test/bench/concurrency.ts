import type { Contestant } from "./contestant.ts";
import { type Drain, drainBare, drainForewarn } from "./drainers.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { median } from "./statistics.ts";

const delayMs = 20;
const perStory = 4;
const seconds = 2;

/**
 * What `concurrency` is worth where a sink answers after 20 ms, one event per request. Each scheduled event has four
 * events, one after the other in the backlog: where one of them overtakes another, or two are under way at once, the
 * bench fails. The bare loop keeps no order.
 */
export async function concurrency(
  [agent]: readonly [Contestant, Contestant],
  { drainRounds: rounds }: BenchSettings,
): Promise<readonly Figure[]> {
  const lanes = [1, 8].map((count) => {
    const events = Math.round((count * seconds * 1000) / delayMs);
    const drain: Drain = { events, mode: "structured", concurrency: count, perStory, delayMs };
    return { count, drain, forewarn: [] as number[], bare: [] as number[] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { drain, forewarn, bare } of lanes) {
      forewarn.push((await drainForewarn(agent, drain)).perSecond);
      bare.push((await drainBare({ ...drain, perStory: 1 })).perSecond);
    }
  }
  const rates = lanes.map(({ count, forewarn, bare }) =>
    figure(`concurrency.${count}`, `sink that takes 20 ms, concurrency ${count}`, "ev/s", [
      median(forewarn),
      median(bare),
    ]),
  );
  const [one, eight] = rates as [Figure, Figure];
  const gain = [eight.forewarn / one.forewarn, eight.bare / one.bare] as const;
  const floor = { leastValue: 7.5 };
  return [
    ...rates,
    figure("concurrency.gain", "sink that takes 20 ms, 8 beside 1", "times", gain, { floor }),
  ];
}
