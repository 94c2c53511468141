import type { EventPatch } from "../events/event-patch.ts";
import type { EventType, ScheduledEventsDocument } from "../events/scheduled-event.ts";
import type { FaultRule } from "../http/fault.ts";
import type { VmDescription } from "../vm/vm-description.ts";

/** Stands in a scenario for the name of the simulated VM, so that the event affects whoever plays it. */
export const THIS_VM = "{vm}";

/** How an event goes on after it appeared: it starts at its NotBefore and is removed later, is removed unstarted, or stays. */
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
    }
  | {
      /** Seconds from its appearance to NotBefore. */
      readonly notice: number;
      /** It stays as it is until a step, a client or a person changes it. */
      readonly stays: true;
    };

/** One event of a scenario; every time in it is seconds at timeScale 1. */
export interface ScenarioEvent {
  /** What steps call it, unique in its scenario; Azure's EventId is made anew in each play. */
  readonly id?: string;
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

/** What has happened to an event of the scenario. */
export interface ScenarioCondition {
  /** Its `id`. */
  readonly event: string;
  readonly is: "approved" | "removed" | "scheduled" | "started";
}

/** What a step does; events are named by their `id`, VMs by their name. */
export type ScenarioAction =
  | { readonly do: "remove" | "restore" | "start"; readonly event: string }
  | {
      readonly do: "update";
      readonly event: string;
      readonly patch: Omit<EventPatch, "EventId" | "NotBefore">;
      /** Seconds from the step to the new NotBefore, or the text as it is. */
      readonly notBefore?: number | string;
      readonly idCase?: "lower" | "upper";
    }
  /** Without `vm`: the first VM. */
  | { readonly do: "changeVm"; readonly vm?: string; readonly set: Partial<VmDescription> }
  /** Without `vm`: every VM. The time scale divides `forSeconds`, `slow` and `drip`. */
  | { readonly do: "fail"; readonly vm?: string; readonly rule: FaultRule }
  | { readonly do: "incarnation"; readonly reset?: number; readonly skip?: number }
  /** The document as it was seen at `seenAt`, epoch milliseconds: its NotBefore stays as far ahead as it was then. */
  | { readonly do: "document"; readonly document: ScheduledEventsDocument; readonly seenAt: number };

/** One thing that happens beside the events' own courses. */
export interface ScenarioStep {
  /** Seconds from the scenario's start, or from `when`. */
  readonly after: number;
  /** It waits until this has happened, and does not happen when it never does. */
  readonly when?: ScenarioCondition;
  /** It does not happen when this has happened by then. */
  readonly unless?: ScenarioCondition;
  readonly action: ScenarioAction;
}

/** A story of one or more events, as plain data. */
export interface Scenario {
  /** One sentence for a list. */
  readonly summary: string;
  readonly events: readonly ScenarioEvent[];
  readonly steps?: readonly ScenarioStep[];
  /** The VMs that a simulator for this scenario should have; whoever plays it on other ones need not heed it. */
  readonly vms?: readonly Partial<VmDescription>[];
}

/** The nominal length of a scenario in seconds at timeScale 1; rounding of NotBefore adds up to 1 s. */
export function scenarioSeconds(scenario: Scenario): number {
  const ends = [
    ...scenario.events.map(({ after, course }) => after + courseSeconds(course)),
    ...(scenario.steps ?? []).filter(({ when }) => when === undefined).map(({ after }) => after),
  ];
  return Math.max(0, ...ends);
}

function courseSeconds(course: ScenarioCourse): number {
  if ("cancelledAfter" in course) return course.cancelledAfter;
  return "stays" in course ? 0 : course.notice + course.startedFor;
}
