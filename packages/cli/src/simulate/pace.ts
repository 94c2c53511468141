import type { Scenario, ScenarioEvent } from "@forewarn/imds-simulator";

/** How fast a story is played, and how often the agent must look to see all of it. */
export interface Pace {
  /** What the waits are divided by: what was wished, or less where a part would be over before it could be seen. */
  readonly timeScale: number;
  readonly wishedScale: number;
  /** The longest interval of polls, in whole milliseconds; Infinity where the configured one will do. */
  readonly longestPollMs: number;
}

const quickestPollMs = 100;
/** So that a poll that comes late on a busy machine is not the only one that could have seen it. */
const looks = 3;

/**
 * A story is the same at any scale: each of its parts that an agent sees in real time, by a poll per second, is as long
 * as some polls of the shortened one.
 */
export function paceOf(scenario: Scenario, wishedScale: number): Pace {
  if (wishedScale <= 1) return { timeScale: wishedScale, wishedScale, longestPollMs: Infinity };
  const parts = scenario.events.flatMap(partsOf).filter((seconds) => seconds >= 1);
  const shortestMs = Math.min(...parts) * 1000;
  const timeScale = Math.min(wishedScale, Math.max(1, shortestMs / (looks * quickestPollMs)));
  return {
    timeScale,
    wishedScale,
    longestPollMs: Math.max(quickestPollMs, Math.floor(shortestMs / timeScale / looks)),
  };
}

/** For how long an event stays as it is, in seconds. */
function partsOf({ course }: ScenarioEvent): readonly number[] {
  if ("cancelledAfter" in course) return [course.cancelledAfter];
  return "stays" in course ? [course.notice] : [course.notice, course.startedFor];
}
