import { scenarioShape } from "../scenarios/file/parse-scenario.ts";
import { scenarioOf } from "../scenarios/file/scenario-of.ts";
import type { ScenarioFile } from "../scenarios/file/scenario-schema.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { scenarios } from "../scenarios/scenarios.ts";
import type { ScenarioName } from "../scenarios/scenarios.ts";
import type { Simulator } from "../simulator-api.ts";
import { didYouMean } from "../cli/did-you-mean.ts";
import { controlError, findingsError } from "./control-error.ts";
import type { PlayBody } from "./control-schemas.ts";

/** A scenario that the control API plays. */
export interface Play {
  readonly id: number;
  readonly scenario: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The scenarios under way. */
export interface Plays {
  readonly playing: readonly Play[];
  /** Rejects with a RangeError on a VM that the simulator does not have. */
  start(body: PlayBody): Promise<Play>;
  /** Ends all, or the one of that id; gives how many. The document stays as it is. */
  stop(id?: number): number;
}

/** Nothing plays at first. */
export function createPlays(simulator: Simulator): Plays {
  const running = new Map<number, { readonly play: Play; readonly stop: AbortController }>();
  let last = 0;
  return {
    get playing() {
      return [...running.values()].map(({ play }) => play);
    },
    async start({ scenario, timeScale = simulator.timeScale, loop = false }) {
      const story = storyOf(scenario);
      const play = {
        id: (last += 1),
        scenario: typeof scenario === "string" ? scenario : story.summary,
        since: Date.now(),
      };
      const stop = new AbortController();
      running.set(play.id, { play, stop });
      const { signal } = stop;
      const on = async () => {
        await simulator.play(story, { timeScale, signal });
        if (loop) while (!signal.aborted) await simulator.play(story, { timeScale, signal });
      };
      const ended = on().finally(() => running.delete(play.id));
      // A play that was stopped rejects, much later; one that cannot be played at once.
      ended.catch(() => {});
      await Promise.race([ended, new Promise(setImmediate)]);
      return play;
    },
    stop(id) {
      const ended = [...running.entries()].filter(([key]) => id === undefined || key === id);
      for (const [key, { stop }] of ended) {
        stop.abort();
        running.delete(key);
      }
      return ended.length;
    },
  };
}

function storyOf(scenario: PlayBody["scenario"]): Scenario {
  if (typeof scenario !== "string") {
    const [first, ...others] = scenarioShape(scenario).map((finding) => ({
      ...finding,
      path: ["scenario", ...finding.path],
    }));
    if (first !== undefined) throw findingsError([first, ...others]);
    return scenarioOf(scenario as ScenarioFile);
  }
  if (Object.hasOwn(scenarios, scenario)) return scenarios[scenario as ScenarioName];
  const names = Object.keys(scenarios);
  const near = didYouMean(scenario, names).trim();
  throw controlError(
    404,
    `There is no scenario "${scenario}".`,
    "scenario",
    near === "" ? `There are ${names.join(", ")}; or send a whole one as in a file.` : near,
  );
}
