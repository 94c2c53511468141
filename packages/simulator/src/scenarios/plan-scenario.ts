import { formatNotBefore, newEventId, wholeSecond } from "../events/scheduled-event.ts";
import type { ScheduledEvent } from "../events/scheduled-event.ts";
import { THIS_VM } from "./scenario.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";
import { findScenario } from "./scenarios.ts";
import type { ScenarioName } from "./scenarios.ts";

/** One change of the document at a moment; `at` is epoch milliseconds, `eventId` the same through an event's steps. */
export type TimelineStep =
  | { readonly at: number; readonly eventId: string; readonly action: "add"; readonly event: ScheduledEvent }
  | { readonly at: number; readonly eventId: string; readonly action: "remove" | "start" };

/** What a plan depends on beside the scenario. */
export interface PlanOptions {
  /** Epoch milliseconds of the scenario's second 0. */
  readonly startAt: number;
  /** The name that replaces `THIS_VM`. */
  readonly vmName: string;
  /** Divides every wait: 60 turns 15 min into 15 s. Default 1. */
  readonly timeScale?: number;
  /** Makes an EventId; default: a random GUID in upper-case hex. */
  readonly newId?: () => string;
}

/**
 * The timeline of a scenario in ascending order: pure but for `newId`. NotBefore is whole seconds in real time, an
 * event starts exactly at its NotBefore. Throws a RangeError on an unknown name, a time scale that is not a positive
 * number, or an event cancelled after its NotBefore.
 */
export function planScenario(
  scenario: Scenario | ScenarioName,
  options: PlanOptions,
): readonly TimelineStep[] {
  const { events } = typeof scenario === "string" ? findScenario(scenario) : scenario;
  return events.flatMap((event) => planEvent(event, options)).sort((one, other) => one.at - other.at);
}

/** The time scale, if it is a positive finite number; throws a RangeError otherwise. */
export function checkTimeScale(timeScale: number): number {
  if (Number.isFinite(timeScale) && timeScale > 0) return timeScale;
  throw new RangeError(`The time scale must be a positive number, not ${timeScale}.`);
}

function planEvent(event: ScenarioEvent, options: PlanOptions): readonly TimelineStep[] {
  const timeScale = checkTimeScale(options.timeScale ?? 1);
  const scaled = (seconds: number) => (seconds * 1000) / timeScale;
  const eventId = (options.newId ?? newEventId)();
  const { course } = event;
  const appears = options.startAt + scaled(event.after);
  const notBefore = wholeSecond(appears + scaled(course.notice));
  const noticed = course.notice > 0;

  const add: TimelineStep = {
    at: appears,
    eventId,
    action: "add",
    event: {
      EventId: eventId,
      EventStatus: noticed ? "Scheduled" : "Started",
      EventType: event.type,
      ResourceType: "VirtualMachine",
      Resources: event.resources.map((name) => (name === THIS_VM ? options.vmName : name)),
      NotBefore: noticed ? formatNotBefore(notBefore) : "",
      Description: event.description,
      EventSource: event.source,
      DurationInSeconds: event.duration,
    },
  };

  if ("cancelledAfter" in course) {
    if (course.cancelledAfter >= course.notice)
      throw new RangeError("An event can only be cancelled before its NotBefore.");
    return [add, { at: appears + scaled(course.cancelledAfter), eventId, action: "remove" }];
  }
  if ("stays" in course) return [add];
  const starts = noticed ? notBefore : appears;
  const remove: TimelineStep = { at: starts + scaled(course.startedFor), eventId, action: "remove" };
  return noticed ? [add, { at: starts, eventId, action: "start" }, remove] : [add, remove];
}
