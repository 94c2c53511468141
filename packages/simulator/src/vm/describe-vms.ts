import { defaultVm } from "./vm-description.ts";
import type { VmDescription } from "./vm-description.ts";

/**
 * The descriptions of the VMs of one placement group, in the order given: each is laid over the default VM, and the ids,
 * addresses and names that nobody gave are different for each. Throws a RangeError when two have one name or vmId.
 */
export function describeVms(given: readonly Partial<VmDescription>[]): readonly VmDescription[] {
  if (given.length === 0) throw new RangeError("A simulator needs at least one VM.");
  const vms = given.map((vm, index) => ({ ...numbered(index), ...vm }));
  unique("name", vms);
  unique("vmId", vms);
  return vms;
}

function numbered(index: number): VmDescription {
  if (index === 0) return defaultVm;
  const address = (base: string, step: number) => base.replace(/\d+$/, (last) => String(Number(last) + step));
  return {
    ...defaultVm,
    name: `web-${String(index + 1).padStart(2, "0")}`,
    vmId: defaultVm.vmId.slice(0, -4) + hex(Number.parseInt(defaultVm.vmId.slice(-4), 16) + index),
    privateIpAddress: address(defaultVm.privateIpAddress, index),
    publicIpAddress: address(defaultVm.publicIpAddress, index),
    macAddress:
      defaultVm.macAddress.slice(0, -4) +
      hex(Number.parseInt(defaultVm.macAddress.slice(-4), 16) + index).toUpperCase(),
  };
}

function hex(value: number): string {
  return (value % 0x1_00_00).toString(16).padStart(4, "0");
}

function unique(field: "name" | "vmId", vms: readonly VmDescription[]): void {
  const seen = new Set<string>();
  for (const { [field]: value } of vms) {
    const key = value.toLowerCase();
    if (seen.has(key)) throw new RangeError(`Two VMs have the ${field} ${value}; each needs its own.`);
    seen.add(key);
  }
}
