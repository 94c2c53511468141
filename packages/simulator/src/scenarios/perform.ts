import type { EventPatch } from "../events/event-patch.ts";
import type { LiveDocument } from "../events/live-document.ts";
import { formatNotBefore } from "../events/scheduled-event.ts";
import type { ScheduledEvent, ScheduledEventsDocument } from "../events/scheduled-event.ts";
import type { FaultRule } from "../http/fault.ts";
import type { Machine } from "../machine/machine.ts";
import type { SimulatorClock } from "../time/clock.ts";
import type { ScenarioAction } from "./scenario.ts";
import { THIS_VM } from "./scenario.ts";

/** What scenarios are played on. */
export interface World {
  readonly live: LiveDocument;
  /** The first one is the VM that `THIS_VM` stands for. */
  readonly machines: readonly Machine[];
  readonly clock: SimulatorClock;
}

/** The machine of that name, in any letter case; the first without one or for `THIS_VM`. Throws a RangeError. */
export function machineNamed(machines: readonly Machine[], name: string | undefined): Machine {
  const wanted = name === undefined || name === THIS_VM ? machines[0]?.vm.name : name;
  const machine = machines.find(({ vm }) => vm.name.toLowerCase() === wanted?.toLowerCase());
  if (machine !== undefined) return machine;
  const known = machines.map(({ vm }) => vm.name).join(", ");
  throw new RangeError(`There is no VM ${name}. There are: ${known}.`);
}

/** Does what a step says; `eventIds` has Azure's id for each event's name. What is no longer there is left alone. */
export function perform(
  { live, machines, clock }: World,
  action: ScenarioAction,
  { eventIds, timeScale }: { readonly eventIds: ReadonlyMap<string, string>; readonly timeScale: number },
): void {
  switch (action.do) {
    case "changeVm":
      machineNamed(machines, action.vm).update(action.set);
      return;
    case "fail": {
      const rule = shortened(action.rule, timeScale);
      const struck = action.vm === undefined ? machines : [machineNamed(machines, action.vm)];
      for (const machine of struck) machine.faults.add(rule);
      return;
    }
    case "incarnation":
      if (action.reset !== undefined) live.resetIncarnation(action.reset);
      if (action.skip !== undefined) live.skipIncarnations(action.skip);
      return;
    case "document":
      live.replace(shifted(action.document, action.seenAt, clock.now(), timeScale));
      return;
    default: {
      const eventId = eventIds.get(action.event);
      if (eventId === undefined) return;
      const stands = live.find(eventId) !== undefined;
      if (action.do === "restore") {
        if (!stands) live.restore(eventId);
      } else if (!stands) return;
      else if (action.do === "update")
        live.update(eventId, patchOf(action, eventId, clock, timeScale, machines));
      else live[action.do](eventId);
    }
  }
}

/** Every wait of a fault divided by the time scale. */
function shortened(rule: FaultRule, timeScale: number): FaultRule {
  const { fault, forSeconds } = rule;
  const { slow, drip } = (typeof fault === "object" ? fault : {}) as { slow?: number; drip?: number };
  return {
    ...rule,
    ...(slow !== undefined && { fault: { slow: slow / timeScale } }),
    ...(drip !== undefined && { fault: { drip: drip / timeScale } }),
    ...(forSeconds !== undefined && { forSeconds: forSeconds / timeScale }),
  };
}

function shifted(
  document: ScheduledEventsDocument,
  seenAt: number,
  now: number,
  timeScale: number,
): ScheduledEventsDocument {
  const later = (event: ScheduledEvent): ScheduledEvent => {
    const notBefore = Date.parse(event.NotBefore);
    if (Number.isNaN(notBefore)) return event;
    return { ...event, NotBefore: formatNotBefore(now + (notBefore - seenAt) / timeScale) };
  };
  return { ...document, Events: document.Events.map(later) };
}

function patchOf(
  { patch, notBefore, idCase }: Extract<ScenarioAction, { readonly do: "update" }>,
  eventId: string,
  clock: SimulatorClock,
  timeScale: number,
  machines: readonly Machine[],
): EventPatch {
  const vmName = machineNamed(machines, undefined).vm.name;
  return {
    ...patch,
    ...(patch.Resources && { Resources: patch.Resources.map((name) => (name === THIS_VM ? vmName : name)) }),
    ...(typeof notBefore === "string" && { NotBefore: notBefore }),
    ...(typeof notBefore === "number" && {
      NotBefore: new Date(clock.now() + (notBefore * 1000) / timeScale),
    }),
    ...(idCase !== undefined && {
      EventId: idCase === "lower" ? eventId.toLowerCase() : eventId.toUpperCase(),
    }),
  };
}
