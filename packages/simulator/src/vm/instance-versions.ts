import type { InstanceNode } from "./instance-document.ts";

/**
 * The api-version that brought a part of the document, by its path without array indexes (Azure docs: IMDS, instance
 * metadata); what is not named was there in 2017-04-02.
 */
const since: Readonly<Record<string, string>> = {
  "compute/additionalCapabilities": "2021-11-01",
  "compute/azEnvironment": "2018-10-01",
  "compute/customData": "2019-02-01",
  "compute/evictionPolicy": "2020-12-01",
  "compute/extendedLocation": "2021-03-01",
  "compute/host": "2021-11-15",
  "compute/hostGroup": "2021-11-15",
  "compute/isHostCompatibilityLayerVm": "2020-06-01",
  "compute/licenseType": "2020-09-01",
  "compute/osProfile": "2020-07-15",
  "compute/osProfile/disablePasswordAuthentication": "2020-10-01",
  "compute/physicalZone": "2023-11-15",
  "compute/placementGroupId": "2017-08-01",
  "compute/plan": "2018-04-02",
  "compute/platformSubFaultDomain": "2021-10-01",
  "compute/priority": "2020-12-01",
  "compute/provider": "2018-10-01",
  "compute/publicKeys": "2018-04-02",
  "compute/resourceGroupName": "2017-08-01",
  "compute/resourceId": "2019-03-11",
  "compute/securityProfile": "2020-06-01",
  "compute/securityProfile/encryptionAtHost": "2021-11-01",
  "compute/securityProfile/securityType": "2021-12-13",
  "compute/storageProfile": "2019-06-01",
  "compute/storageProfile/imageReference/communityGalleryImageId": "2023-07-01",
  "compute/storageProfile/imageReference/exactVersion": "2023-07-01",
  "compute/storageProfile/imageReference/sharedGalleryImageId": "2023-07-01",
  "compute/storageProfile/osDisk/encryptionSettings/diskEncryptionKey": "2021-11-01",
  "compute/storageProfile/osDisk/encryptionSettings/keyEncryptionKey": "2021-11-01",
  "compute/storageProfile/resourceDisk": "2021-02-01",
  "compute/subscriptionId": "2017-08-01",
  "compute/tags": "2017-08-01",
  "compute/tagsList": "2019-06-04",
  "compute/userData": "2021-01-01",
  "compute/virtualMachineScaleSet": "2021-03-01",
  "compute/vmScaleSetName": "2017-12-01",
  "compute/zone": "2017-12-01",
};

/** The document as an api-version shows it, without younger parts. Versions are ISO dates, so that they compare as text. */
export function instanceAt(version: string, document: InstanceNode): InstanceNode {
  return partAt(version, document, "");
}

function partAt(version: string, node: InstanceNode, path: string): InstanceNode {
  if (typeof node === "string") return node;
  if (isList(node)) return node.map((child) => partAt(version, child, path));
  const below = Object.entries(node).map(
    ([key, child]) => [key, child, path === "" ? key : `${path}/${key}`] as const,
  );
  const known = below.filter(([, , place]) => version >= (since[place] ?? ""));
  return Object.fromEntries(known.map(([key, child, place]) => [key, partAt(version, child, place)]));
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(node: object): node is readonly InstanceNode[] {
  return Array.isArray(node);
}
