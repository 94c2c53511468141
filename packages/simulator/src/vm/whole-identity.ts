import { createHash } from "node:crypto";

import type { VmDescription } from "./vm-description.ts";

/** A managed identity with all its ids. */
export interface WholeIdentity {
  readonly system: boolean;
  readonly clientId: string;
  readonly objectId: string;
  readonly resourceId: string;
}

/** The identities of a VM, in the order given; `vmResourceId` is its own ARM id. */
export function identitiesOf(vm: VmDescription, vmResourceId: string): readonly WholeIdentity[] {
  return vm.identities.map(({ name, clientId, objectId, resourceId }) => {
    const ownId =
      name === undefined
        ? vmResourceId
        : `/subscriptions/${vm.subscriptionId}/resourcegroups/${vm.resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    // A user-assigned identity is the same on each VM that has it; the system-assigned one is the VM's own.
    const whose = name === undefined ? vm.vmId : ownId.toLowerCase();
    return {
      system: name === undefined,
      clientId: clientId ?? uuidOf(`client of ${whose}`),
      objectId: objectId ?? uuidOf(`object of ${whose}`),
      resourceId: resourceId ?? ownId,
    };
  });
}

/** A UUID that is always the same for a text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
