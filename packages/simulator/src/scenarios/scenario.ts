import type { EventType } from "../events/scheduled-event.ts";

/** Stands in a scenario for the name of the simulated VM, so that the event affects whoever plays it. */
export const THIS_VM = "{vm}";

/** How an event goes on after it appeared: it starts at its NotBefore and is removed later, or is removed unstarted. */
export type ScenarioCourse =
  | {
      /** Seconds from its appearance to NotBefore; 0 = it appears as Started, without notice. */
      readonly notice: number;
      /** Seconds from Started until Azure removes it. */
      readonly startedFor: number;
    }
  | {
      /** Seconds from its appearance to NotBefore. */
      readonly notice: number;
      /** Seconds from its appearance until Azure withdraws it, less than `notice`. */
      readonly cancelledAfter: number;
    };

/** One event of a scenario; every time in it is seconds at timeScale 1. */
export interface ScenarioEvent {
  /** Seconds from the start of the scenario until the event appears. */
  readonly after: number;
  readonly type: EventType;
  readonly source: "Platform" | "User";
  readonly description: string;
  /** DurationInSeconds as served; timeScale leaves it alone. */
  readonly duration: number;
  /** Names of the affected VMs; `THIS_VM` is replaced by the simulated VM's name. */
  readonly resources: readonly string[];
  readonly course: ScenarioCourse;
}

/** A story of one or more events, as plain data. */
export interface Scenario {
  /** One sentence for a list. */
  readonly summary: string;
  readonly events: readonly ScenarioEvent[];
}

/** The nominal length of a scenario in seconds at timeScale 1; rounding of NotBefore adds up to 1 s. */
export function scenarioSeconds(scenario: Scenario): number {
  const ends = scenario.events.map(({ after, course }) => after + courseSeconds(course));
  return Math.max(0, ...ends);
}

function courseSeconds(course: ScenarioCourse): number {
  return "cancelledAfter" in course ? course.cancelledAfter : course.notice + course.startedFor;
}
