import type { Vm } from "@forewarn/sdk";
import { isMap, type Machine, partAt, textAt } from "../metadata/machine.ts";

/** Who observes: what an event says of the VM it was seen on. */
export interface Observer {
  /** The CloudEvents `source`. */
  readonly source: string;
  readonly vm: Vm;
  readonly simulated: boolean;
}

/** The part of what is known of a VM that enters every event. */
export function vmOf(machine: Machine): Vm {
  const of = (...names: readonly string[]) => textAt(machine, "compute", ...names);
  const cloud = of("azEnvironment");
  return {
    name: of("name"),
    vmId: of("vmId"),
    resourceId: of("resourceId"),
    subscriptionId: of("subscriptionId"),
    resourceGroup: of("resourceGroupName"),
    location: of("location"),
    zone: of("zone"),
    size: of("vmSize"),
    scaleSet: of("vmScaleSetName") ?? lastSegment(of("virtualMachineScaleSet", "id")),
    tags: tagsOf(machine),
    ...(cloud === null ? {} : { cloud }),
  };
}

function tagsOf(machine: Machine): Vm["tags"] {
  const tags = partAt(machine, "compute", "tags");
  return isMap(tags) ? (tags as Vm["tags"]) : {};
}

/** The CloudEvents `source` of an observer: its ARM resource id, else its vmId, else its state directory's id. */
export function sourceOf(vm: Vm, agentId: string): string {
  if (vm.resourceId !== null) return vm.resourceId;
  return vm.vmId === null ? `urn:forewarn:agent:${agentId}` : `urn:uuid:${vm.vmId.toLowerCase()}`;
}

function lastSegment(resourceId: string | null): string | null {
  return resourceId === null ? null : (resourceId.split("/").at(-1) ?? null);
}
