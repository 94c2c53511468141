import { parseInstance } from "@forewarn/imds";
import { unknownVm } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { normalOf } from "../metadata/normal.ts";
import { sourceOf, vmOf } from "./observer.ts";

const read = (compute: unknown) => vmOf(normalOf(parseInstance(JSON.stringify({ compute, network: {} }))));

describe("the VM of an instance document", () => {
  test("what enters events, and nothing else", () => {
    const compute = {
      name: "vmss_3",
      vmId: "2F9E7A34",
      resourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vmss_3",
      subscriptionId: "s",
      resourceGroupName: "g",
      location: "westeurope",
      zone: "2",
      vmSize: "Standard_D2s_v5",
      vmScaleSetName: "vmss",
      tagsList: [{ name: "env", value: "prod" }],
      userData: "c2VjcmV0",
      customData: "c2VjcmV0",
      publicKeys: [{ keyData: "ssh-rsa secret", path: "/" }],
      osProfile: { adminUsername: "secret" },
    };
    expect(read(compute)).toEqual({
      name: "vmss_3",
      vmId: "2F9E7A34",
      resourceId: compute.resourceId,
      subscriptionId: "s",
      resourceGroup: "g",
      location: "westeurope",
      zone: "2",
      size: "Standard_D2s_v5",
      scaleSet: "vmss",
      tags: { env: "prod" },
    });
    expect(JSON.stringify(read(compute))).not.toMatch(/secret|c2VjcmV0/);
  });

  test('"" and what is missing are null', () => {
    expect(read({ name: "", zone: "", vmScaleSetName: "" })).toEqual(unknownVm);
    expect(vmOf(normalOf(parseInstance('{"network":{}}')))).toEqual(unknownVm);
  });

  test("the scale set of a flexible one is named by its resource id", () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/flex";
    expect(read({ vmScaleSetName: "", virtualMachineScaleSet: { id } }).scaleSet).toBe("flex");
    expect(read({ virtualMachineScaleSet: { id: "" } }).scaleSet).toBeNull();
  });

  test("tags with separators, without a value, without a name", () => {
    const tagsList = [
      { name: "a:b", value: "c;d" },
      { name: "empty", value: "" },
      { name: "none" },
      { value: "nameless" },
    ];
    expect(read({ tagsList }).tags).toStrictEqual({ "a:b": "c;d", empty: "", none: "" });
  });
});

test("the source: the ARM resource id, else the vmId, else the state directory's id", () => {
  expect(sourceOf({ ...unknownVm, resourceId: "/subscriptions/s", vmId: "ABC" }, "me")).toBe(
    "/subscriptions/s",
  );
  expect(sourceOf({ ...unknownVm, vmId: "ABC" }, "me")).toBe("urn:uuid:abc");
  expect(sourceOf(unknownVm, "me")).toBe("urn:forewarn:agent:me");
});
