import type { InstanceDocument, InstanceNode } from "./instance-node.ts";
import { identify } from "./vm-description.ts";
import type { VmDescription } from "./vm-description.ts";

export type { InstanceNode } from "./instance-node.ts";

/** The answer of `GET /metadata/instance`: the one given, or every field of api-version 2023-11-15 (Azure docs: IMDS, instance metadata). */
export function instanceDocument(vm: VmDescription): InstanceDocument {
  return vm.instance ?? { compute: compute(vm), network: network(vm) };
}

function compute(vm: VmDescription): InstanceNode {
  const { computerName, resourceId, flexibleScaleSetId } = identify(vm);
  const linux = vm.osType === "Linux";
  const tags = Object.entries(vm.tags);
  const image = imageReference(vm);
  return {
    additionalCapabilities: { hibernationEnabled: "false" },
    azEnvironment: vm.azEnvironment,
    customData: "",
    evictionPolicy: vm.priority === "Spot" ? "Deallocate" : "",
    extendedLocation: { name: "", type: "" },
    host: { id: "" },
    hostGroup: { id: "" },
    isHostCompatibilityLayerVm: "false",
    licenseType: linux ? "" : "Windows_Server",
    location: vm.location,
    name: vm.name,
    offer: image.offer,
    osProfile: {
      adminUsername: "azureuser",
      computerName,
      disablePasswordAuthentication: linux ? "true" : "",
    },
    osType: vm.osType,
    physicalZone: vm.zone === "" ? "" : `${vm.location}-az${vm.zone}`,
    placementGroupId: vm.placementGroupId,
    plan: { name: "", product: "", publisher: "" },
    platformFaultDomain: "0",
    platformSubFaultDomain: "",
    platformUpdateDomain: "0",
    priority: vm.priority,
    provider: "Microsoft.Compute",
    publicKeys: linux
      ? [{ keyData: "ssh-ed25519 AAAAC3Nz-sample azureuser", path: "/home/azureuser/.ssh/authorized_keys" }]
      : [],
    publisher: image.publisher,
    resourceGroupName: vm.resourceGroupName,
    resourceId,
    securityProfile: {
      encryptionAtHost: "false",
      secureBootEnabled: "true",
      securityType: "TrustedLaunch",
      virtualTpmEnabled: "true",
    },
    sku: image.sku,
    storageProfile: storageProfile(vm),
    subscriptionId: vm.subscriptionId,
    tags: tags.map(([name, value]) => `${name}:${value}`).join(";"),
    tagsList: tags.map(([name, value]) => ({ name, value })),
    userData: vm.userData,
    version: image.exactVersion,
    virtualMachineScaleSet: { id: flexibleScaleSetId },
    vmId: vm.vmId,
    vmScaleSetName: vm.vmScaleSetName,
    vmSize: vm.vmSize,
    zone: vm.zone,
  };
}

function imageReference(vm: VmDescription) {
  const gallery =
    vm.osType === "Linux"
      ? {
          exactVersion: "24.04.202604010",
          offer: "ubuntu-24_04-lts",
          publisher: "canonical",
          sku: "server",
        }
      : {
          exactVersion: "20348.5020.260404",
          offer: "WindowsServer",
          publisher: "MicrosoftWindowsServer",
          sku: "2022-datacenter-g2",
        };
  return { communityGalleryImageId: "", id: "", sharedGalleryImageId: "", version: "latest", ...gallery };
}

function storageProfile(vm: VmDescription): InstanceNode {
  const disk = `${vm.name}_OsDisk`;
  return {
    dataDisks: [],
    imageReference: imageReference(vm),
    osDisk: {
      caching: "ReadWrite",
      createOption: "FromImage",
      diffDiskSettings: { option: "" },
      diskSizeGB: vm.osType === "Linux" ? "30" : "127",
      encryptionSettings: {
        diskEncryptionKey: { secretUrl: "", sourceVault: { id: "" } },
        enabled: "false",
        keyEncryptionKey: { keyUrl: "", sourceVault: { id: "" } },
      },
      image: { uri: "" },
      managedDisk: {
        id: `/subscriptions/${vm.subscriptionId}/resourceGroups/${vm.resourceGroupName}/providers/Microsoft.Compute/disks/${disk}`,
        storageAccountType: "Premium_LRS",
      },
      name: disk,
      osType: vm.osType,
      vhd: { uri: "" },
      writeAcceleratorEnabled: "false",
    },
    resourceDisk: { size: "16384" },
  };
}

function network(vm: VmDescription): InstanceNode {
  const { privateIpAddress, publicIpAddress, macAddress } = vm;
  return {
    interface: [
      {
        ipv4: {
          ipAddress: [{ privateIpAddress, publicIpAddress }],
          subnet: [{ address: privateIpAddress.replace(/\d+$/, "0"), prefix: "24" }],
        },
        ipv6: { ipAddress: [] },
        macAddress,
      },
    ],
  };
}
