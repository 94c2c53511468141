import { minimumNotice } from "../events/scheduled-event.ts";
import { THIS_VM } from "./scenario.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";

/** The names of the built-in scenarios. */
export type ScenarioName =
  | "cancelled"
  | "demo"
  | "freeze-30s-memory-preserving"
  | "freeze-host-agent-maintenance"
  | "freeze-live-migration"
  | "hardware-failure"
  | "preempt-spot"
  | "reboot-platform"
  | "reboot-user"
  | "redeploy-platform-failure"
  | "redeploy-user"
  | "terminate-vmss"
  | "zero-impact-network";

const maintenance = "Host server is undergoing maintenance.";
const liveMigration =
  "Virtual machine is being paused because of a memory-preserving Live Migration operation.";

/** Seconds from Started to removal: 10 min of health checks, 5 min after a live migration (Microsoft's mock server). */
const checked = 600;
const migrated = 300;

/** An event with the documented minimum notice, on the simulated VM alone, unless its fields say otherwise. */
function event(fields: Partial<ScenarioEvent> & Pick<ScenarioEvent, "type">): ScenarioEvent {
  return {
    after: 0,
    source: "Platform",
    description: maintenance,
    duration: -1,
    resources: [THIS_VM],
    course: { notice: minimumNotice[fields.type], startedFor: checked },
    ...fields,
  };
}

/** The built-in scenarios with the timing of the real service; `demo` is a compressed story for a first look. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  "freeze-live-migration": {
    summary: "Azure moves the VM to another host; it pauses for about 5 s.",
    events: [
      event({
        type: "Freeze",
        description: liveMigration,
        duration: 5,
        resources: [THIS_VM, "WestNO_1"],
        course: { notice: minimumNotice.Freeze, startedFor: migrated },
      }),
    ],
  },
  "freeze-host-agent-maintenance": {
    summary: "The host's agent is updated, the most common event; the VM pauses for about 6 s.",
    events: [event({ type: "Freeze", duration: 6 })],
  },
  "freeze-30s-memory-preserving": {
    summary: "The rare long host update; the VM pauses for about 30 s and keeps its memory.",
    events: [event({ type: "Freeze", duration: 30 })],
  },
  "reboot-user": {
    summary: "Somebody restarts the VM with `az vm restart` or in the portal.",
    events: [
      event({
        type: "Reboot",
        source: "User",
        description: "Virtual machine is going to be restarted as requested by authorized user.",
      }),
    ],
  },
  "reboot-platform": {
    summary: "Host maintenance restarts this VM and another one of its availability set.",
    events: [event({ type: "Reboot", resources: [THIS_VM, "BackEnd_IN_0"] })],
  },
  "redeploy-user": {
    summary: "Somebody redeploys the VM to another node; its temporary disk is lost.",
    events: [
      event({
        type: "Redeploy",
        source: "User",
        description: "Virtual machine is going to be redeployed as requested by authorized user.",
      }),
    ],
  },
  "redeploy-platform-failure": {
    summary: "The host is degraded, Azure moves the VM to another node.",
    events: [event({ type: "Redeploy", description: "Virtual machine has encountered a failure." })],
  },
  "preempt-spot": {
    summary: "Azure takes a Spot VM back with 30 s of notice.",
    events: [event({ type: "Preempt", description: "" })],
  },
  "terminate-vmss": {
    summary: "A scale set deletes the instance, with the terminate notification of 5 min.",
    events: [event({ type: "Terminate", source: "User", description: "" })],
  },
  "zero-impact-network": {
    summary: "Maintenance without impact on availability: DurationInSeconds is 0.",
    events: [
      event({
        type: "Freeze",
        description: "Host Server infrastructure is undergoing maintenance.",
        duration: 0,
      }),
    ],
  },
  cancelled: {
    summary: "Azure withdraws an announced maintenance after 8 of 15 min; it never starts.",
    events: [
      event({
        type: "Freeze",
        duration: 9,
        course: { notice: minimumNotice.Freeze, cancelledAfter: 480 },
      }),
    ],
  },
  "hardware-failure": {
    summary: "The host fails: a Reboot appears as Started, without any notice.",
    events: [
      event({
        type: "Reboot",
        description: "Host server is undergoing an emergency repair.",
        resources: [THIS_VM, "db-02"],
        course: { notice: 0, startedFor: checked },
      }),
    ],
  },
  demo: {
    summary: "About 17 s: a platform reboot, a live migration that overlaps it, then a Spot eviction.",
    events: [
      event({ after: 1, type: "Reboot", course: { notice: 5, startedFor: 3 } }),
      event({
        after: 4,
        type: "Freeze",
        description: liveMigration,
        duration: 5,
        course: { notice: 6, startedFor: 2 },
      }),
      event({ after: 11, type: "Preempt", description: "", course: { notice: 4, startedFor: 1.5 } }),
    ],
  },
};

/** The scenario of that name; throws a RangeError that lists the known names. */
export function findScenario(name: string): Scenario {
  if (Object.hasOwn(scenarios, name)) return scenarios[name as ScenarioName];
  throw new RangeError(`No scenario "${name}". Known: ${Object.keys(scenarios).join(", ")}.`);
}
