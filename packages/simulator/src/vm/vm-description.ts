import type { InstanceDocument } from "./instance-node.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { ManagedIdentity } from "./managed-identity.ts";

/** What a user may say about the simulated VM; the rest of `/metadata/instance` follows from it. In strings "" = none. */
export interface VmDescription {
  /** `compute.name`, the string in the Resources of a scheduled event. */
  readonly name: string;
  readonly vmId: string;
  readonly location: string;
  /** The logical availability zone, such as "1". */
  readonly zone: string;
  readonly vmSize: string;
  readonly osType: "Linux" | "Windows";
  readonly priority: "" | "Regular" | "Spot";
  readonly resourceGroupName: string;
  readonly subscriptionId: string;
  /** The scale set; a `name` of the form `{set}_{decimal id}` then makes it an instance of a uniform one. */
  readonly vmScaleSetName: string;
  readonly placementGroupId: string;
  /** Served as `tags` and as `tagsList`, in this order. */
  readonly tags: Readonly<Record<string, string>>;
  /** Base64. */
  readonly userData: string;
  readonly privateIpAddress: string;
  readonly publicIpAddress: string;
  /** Twelve hex digits in upper case, without separators. */
  readonly macAddress: string;
  /** The cloud: AzurePublicCloud, AzureUSGovernmentCloud, AzureChinaCloud or AzureGermanCloud. */
  readonly azEnvironment: string;
  /** The Entra tenant of the managed identities. */
  readonly tenantId: string;
  /** The managed identities, at most one of them system-assigned; `[]` = the token endpoint says "Identity not found". */
  readonly identities: readonly ManagedIdentity[];
  /** Absent = behind no load balancer that IMDS knows, a 404. */
  readonly loadBalancer?: LoadBalancer;
  /** The answer of `GET /metadata/instance` as it is, every leaf a string, in place of what follows from the rest. */
  readonly instance?: InstanceDocument;
}

/** The VM that is simulated unless the caller says otherwise: a standalone Linux VM; ids and addresses are made up. */
export const defaultVm: VmDescription = {
  name: "web-01",
  vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
  location: "westeurope",
  zone: "1",
  vmSize: "Standard_D2s_v5",
  osType: "Linux",
  priority: "",
  resourceGroupName: "rg-sample",
  subscriptionId: "11111111-2222-3333-4444-555555555555",
  vmScaleSetName: "",
  placementGroupId: "",
  tags: { env: "prod", owner: "team-a" },
  userData: "",
  privateIpAddress: "10.1.0.4",
  publicIpAddress: "203.0.113.10",
  macAddress: "000D3AF806EC",
  azEnvironment: "AzurePublicCloud",
  tenantId: "abd8daee-d393-4239-9377-883adda3d40f",
  identities: [{}],
};

/** The names that Azure derives for a VM from its description. */
export interface VmIdentity {
  /** The host name: 15 characters of it on Windows, `{set}{base 36, 6 digits}` in a uniform scale set. */
  readonly computerName: string;
  readonly resourceId: string;
  /** The resource id of a flexible scale set; "" in a uniform one (Azure docs: IMDS, virtualMachineScaleSet.id). */
  readonly flexibleScaleSetId: string;
}

/** Derives names as Azure does (Azure docs: Virtual Machine Scale Set instance IDs; instance 25 is `00000P`). */
export function identify(vm: VmDescription): VmIdentity {
  const compute = `/subscriptions/${vm.subscriptionId}/resourceGroups/${vm.resourceGroupName}/providers/Microsoft.Compute`;
  const set = vm.vmScaleSetName;
  const instance = set !== "" && vm.name.startsWith(`${set}_`) ? vm.name.slice(set.length + 1) : "";
  if (/^\d+$/.test(instance))
    return {
      computerName: `${set}${Number(instance).toString(36).toUpperCase().padStart(6, "0")}`,
      resourceId: `${compute}/virtualMachineScaleSets/${set}/virtualMachines/${instance}`,
      flexibleScaleSetId: "",
    };
  return {
    computerName: vm.osType === "Windows" ? vm.name.slice(0, 15) : vm.name,
    resourceId: `${compute}/virtualMachines/${vm.name}`,
    flexibleScaleSetId: set === "" ? "" : `${compute}/virtualMachineScaleSets/${set}`,
  };
}
