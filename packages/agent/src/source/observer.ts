import type { InstanceDocument } from "@forewarn/imds";
import type { Vm } from "@forewarn/sdk";

/** Who observes: what an event says of the VM it was seen on. */
export interface Observer {
  /** The CloudEvents `source`. */
  readonly source: string;
  readonly vm: Vm;
  readonly simulated: boolean;
}

/** A VM of which nothing is known yet. */
export const unknownVm: Vm = {
  name: null,
  vmId: null,
  resourceId: null,
  subscriptionId: null,
  resourceGroup: null,
  location: null,
  zone: null,
  size: null,
  scaleSet: null,
  tags: {},
};

/** The part of the instance document that enters events: no user data, no keys, no tokens. */
export function vmOf({ compute }: InstanceDocument): Vm {
  const known = (value: string | undefined) => (value === undefined || value === "" ? null : value);
  return {
    name: known(compute?.name),
    vmId: known(compute?.vmId),
    resourceId: known(compute?.resourceId),
    subscriptionId: known(compute?.subscriptionId),
    resourceGroup: known(compute?.resourceGroupName),
    location: known(compute?.location),
    zone: known(compute?.zone),
    size: known(compute?.vmSize),
    scaleSet: known(compute?.vmScaleSetName) ?? lastSegment(known(compute?.virtualMachineScaleSet?.id)),
    tags: Object.fromEntries(
      (compute?.tagsList ?? []).flatMap(({ name, value = "" }) =>
        name === undefined ? [] : [[name, value]],
      ),
    ),
  };
}

/** The CloudEvents `source` of an observer: its ARM resource id, else its vmId, else its state directory's id. */
export function sourceOf(vm: Vm, agentId: string): string {
  if (vm.resourceId !== null) return vm.resourceId;
  return vm.vmId === null ? `urn:forewarn:agent:${agentId}` : `urn:uuid:${vm.vmId.toLowerCase()}`;
}

function lastSegment(resourceId: string | null): string | null {
  return resourceId === null ? null : (resourceId.split("/").at(-1) ?? null);
}
