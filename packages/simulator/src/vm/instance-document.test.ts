import { expect, test } from "vitest";

import { instanceDocument } from "./instance-document.ts";
import { defaultVm } from "./vm-description.ts";
import type { VmDescription } from "./vm-description.ts";

const resources = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-sample/providers";

function compute(vm: Partial<VmDescription>) {
  return instanceDocument({ ...defaultVm, ...vm })["compute"];
}

test("every leaf is a string", () => {
  const leaves = (node: unknown): unknown[] =>
    typeof node === "object" && node !== null ? Object.values(node).flatMap(leaves) : [node];
  expect(new Set(leaves(instanceDocument(defaultVm)).map((leaf) => typeof leaf))).toEqual(
    new Set(["string"]),
  );
});

test("a standalone VM", () => {
  expect(compute({ name: "db-07", zone: "" })).toMatchObject({
    name: "db-07",
    osProfile: { computerName: "db-07" },
    physicalZone: "",
    resourceId: `${resources}/Microsoft.Compute/virtualMachines/db-07`,
    storageProfile: { osDisk: { name: "db-07_OsDisk" } },
    virtualMachineScaleSet: { id: "" },
    zone: "",
  });
});

test("an instance of a uniform scale set has a host name in base 36 and a resource id below the set", () => {
  expect(
    compute({ vmScaleSetName: "aks-pool1-12345678-vmss", name: "aks-pool1-12345678-vmss_25" }),
  ).toMatchObject({
    osProfile: { computerName: "aks-pool1-12345678-vmss00000P" },
    resourceId: `${resources}/Microsoft.Compute/virtualMachineScaleSets/aks-pool1-12345678-vmss/virtualMachines/25`,
    virtualMachineScaleSet: { id: "" },
    vmScaleSetName: "aks-pool1-12345678-vmss",
  });
});

test("an instance of a flexible scale set names the set's resource id", () => {
  expect(compute({ vmScaleSetName: "myflex", name: "myflex_1a2b3c4d" })).toMatchObject({
    resourceId: `${resources}/Microsoft.Compute/virtualMachines/myflex_1a2b3c4d`,
    virtualMachineScaleSet: { id: `${resources}/Microsoft.Compute/virtualMachineScaleSets/myflex` },
  });
});

test("a Windows VM has no SSH keys and a host name of 15 characters", () => {
  expect(compute({ osType: "Windows", name: "a-very-long-vm-name" })).toMatchObject({
    osProfile: { computerName: "a-very-long-vm-", disablePasswordAuthentication: "" },
    osType: "Windows",
    offer: "WindowsServer",
    publicKeys: [],
  });
});

test("a Spot VM has an eviction policy", () => {
  expect(compute({ priority: "Spot" })).toMatchObject({ priority: "Spot", evictionPolicy: "Deallocate" });
});

test("separators in tags make the text ambiguous and the list exact, as on Azure", () => {
  expect(compute({ tags: { note: "a;b:c=1", url: "https://x/y" } })).toMatchObject({
    tags: "note:a;b:c=1;url:https://x/y",
    tagsList: [
      { name: "note", value: "a;b:c=1" },
      { name: "url", value: "https://x/y" },
    ],
  });
});
