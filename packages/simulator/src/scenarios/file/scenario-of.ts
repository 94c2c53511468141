import type { Fault } from "../../http/fault.ts";
import { minimumNotice } from "../../events/scheduled-event.ts";
import { secondsOf } from "../../time/duration.ts";
import type { VmDescription } from "../../vm/vm-description.ts";
import { THIS_VM } from "../scenario.ts";
import type { Scenario, ScenarioAction, ScenarioCourse, ScenarioEvent, ScenarioStep } from "../scenario.ts";
import type { FileEvent, FileStep, ScenarioFile } from "./scenario-schema.ts";

/** Seconds from Started to removal unless the file says otherwise: 10 min of health checks (Microsoft's mock server). */
const STARTED_FOR = 600;

/** The scenario of a file that its schema and `nameFindings` found nothing wrong with. */
export function scenarioOf({ summary = "", vms, events = [], steps = [] }: ScenarioFile): Scenario {
  return {
    summary,
    // What the schema allows as absent is never present and undefined.
    ...(vms && { vms: vms as readonly Partial<VmDescription>[] }),
    events: events.map(eventOf),
    steps: steps.map(stepOf),
  };
}

function eventOf(event: FileEvent): ScenarioEvent {
  return {
    ...(event.id !== undefined && { id: event.id }),
    after: seconds(event.after) ?? 0,
    type: event.type,
    source: event.source ?? "Platform",
    description: event.description ?? "",
    duration: event.durationInSeconds ?? -1,
    resources: event.resources ?? [THIS_VM],
    course: courseOf(event),
  };
}

function courseOf(event: FileEvent): ScenarioCourse {
  const notice = noticeOf(event);
  const cancelledAfter = seconds(event.cancelledAfter);
  if (cancelledAfter !== undefined) return { notice, cancelledAfter };
  if (event.stays === true) return { notice, stays: true };
  return { notice, startedFor: seconds(event.startedFor) ?? STARTED_FOR };
}

/** Seconds of notice: the documented minimum of its type unless the file says otherwise. */
export function noticeOf({ notice, type }: Pick<FileEvent, "notice" | "type">): number {
  return seconds(notice) ?? minimumNotice[type];
}

function stepOf(step: FileStep): ScenarioStep {
  const { after, when, unless } = step;
  return {
    after: seconds(after) ?? 0,
    ...(when && { when }),
    ...(unless && { unless }),
    action: actionOf(step),
  };
}

/** The one action of a step. */
function actionOf({ start, remove, restore, update, changeVm, fail, incarnation }: FileStep): ScenarioAction {
  if (start !== undefined) return { do: "start", event: start };
  if (remove !== undefined) return { do: "remove", event: remove };
  if (restore !== undefined) return { do: "restore", event: restore };
  if (update !== undefined) return updateOf(update);
  if (fail !== undefined) return failOf(fail);
  if (changeVm !== undefined) {
    const set = changeVm.set as Partial<VmDescription>;
    return { do: "changeVm", set, ...(changeVm.vm !== undefined && { vm: changeVm.vm }) };
  }
  return { do: "incarnation", ...(incarnation as { reset?: number; skip?: number }) };
}

function updateOf(update: NonNullable<FileStep["update"]>): ScenarioAction {
  const { event, status, type, source, description, durationInSeconds, resources, idCase } = update;
  const notBefore = update.notBeforeText ?? seconds(update.notBefore);
  return {
    do: "update",
    event,
    patch: {
      ...(status !== undefined && { EventStatus: status }),
      ...(type !== undefined && { EventType: type }),
      ...(source !== undefined && { EventSource: source }),
      ...(description !== undefined && { Description: description }),
      ...(durationInSeconds !== undefined && { DurationInSeconds: durationInSeconds }),
      ...(resources !== undefined && { Resources: resources }),
    },
    ...(notBefore !== undefined && { notBefore }),
    ...(idCase !== undefined && { idCase }),
  };
}

function failOf(fail: NonNullable<FileStep["fail"]>): ScenarioAction {
  const forSeconds = seconds(fail.for);
  return {
    do: "fail",
    ...(fail.vm !== undefined && { vm: fail.vm }),
    rule: {
      fault: fail.with as Fault,
      ...(fail.next !== undefined && { next: fail.next }),
      ...(forSeconds !== undefined && { forSeconds }),
      ...(fail.path !== undefined && { path: fail.path }),
    },
  };
}

function seconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : secondsOf(duration);
}
