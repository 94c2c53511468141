import { expect, test } from "vitest";

import { instanceVersions } from "../http/api-version.ts";
import { instanceDocument } from "./instance-document.ts";
import type { InstanceNode } from "./instance-document.ts";
import { instanceAt } from "./instance-versions.ts";
import { defaultVm } from "./vm-description.ts";

const document = instanceDocument(defaultVm);

const computeAt = (version: string) =>
  (instanceAt(version, document) as Readonly<Record<string, Readonly<Record<string, InstanceNode>>>>)[
    "compute"
  ] ?? {};

test("2017-08-01 has just the fields of a capture of that version", () => {
  expect(Object.keys(computeAt("2017-08-01")).toSorted()).toEqual([
    "location",
    "name",
    "offer",
    "osType",
    "placementGroupId",
    "platformFaultDomain",
    "platformUpdateDomain",
    "publisher",
    "resourceGroupName",
    "sku",
    "subscriptionId",
    "tags",
    "version",
    "vmId",
    "vmSize",
  ]);
});

test("the newest has everything, the network is the same in all", () => {
  expect(instanceAt("2025-04-07", document)).toEqual(document);
  expect(instanceAt("2023-11-15", document)).toEqual(document);
  for (const version of instanceVersions)
    expect(instanceAt(version, document)).toMatchObject({ network: document["network"] });
});

test("parts of an object come later than it", () => {
  expect(computeAt("2020-09-01")["osProfile"]).toEqual({
    adminUsername: "azureuser",
    computerName: "web-01",
  });
  expect(computeAt("2020-10-01")["osProfile"]).toHaveProperty("disablePasswordAuthentication");
  expect(computeAt("2021-12-13")["storageProfile"]).not.toHaveProperty("imageReference.exactVersion");
  expect(computeAt("2023-07-01")["storageProfile"]).toHaveProperty("imageReference.exactVersion");
});

test("each version has what the one before had, and the documented firsts are firsts", () => {
  const firsts: Record<string, string> = {};
  let before: readonly string[] = [];
  for (const version of instanceVersions) {
    const fields = Object.keys(computeAt(version));
    expect(fields).toEqual(expect.arrayContaining([...before]));
    for (const field of fields) firsts[field] ??= version;
    before = fields;
  }
  expect(firsts).toMatchObject({
    tagsList: "2019-06-04",
    userData: "2021-01-01",
    resourceId: "2019-03-11",
    zone: "2017-12-01",
    physicalZone: "2023-11-15",
  });
});
