import { readShape, type Shaped } from "./instance-shape.ts";
import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";
import { STORAGE_PROFILE } from "./storage-profile.ts";

const COMPUTE = {
  additionalCapabilities: { hibernationEnabled: "text" },
  /** `AzurePublicCloud`, `AzureUSGovernmentCloud`, `AzureChinaCloud`, `AzureGermanCloud`; compare case-insensitively. */
  azEnvironment: "text",
  /** Deprecated by Azure and always "". */
  customData: "text",
  evictionPolicy: "text",
  extendedLocation: { type: "text", name: "text" },
  host: { id: "text" },
  hostGroup: { id: "text" },
  isHostCompatibilityLayerVm: "text",
  licenseType: "text",
  /** The region, e.g. `westeurope`. */
  location: "text",
  /** The VM's resource name: the string that scheduled events carry in `Resources`. */
  name: "text",
  offer: "text",
  /** `computerName` is the hostname, which is not the resource name. */
  osProfile: { adminUsername: "text", computerName: "text", disablePasswordAuthentication: "text" },
  /** `Linux` or `Windows`; compare case-insensitively. */
  osType: "text",
  physicalZone: "text",
  /** The placement group of a scale set: the scope in which scheduled events are delivered. */
  placementGroupId: "text",
  plan: { name: "text", product: "text", publisher: "text" },
  platformFaultDomain: "text",
  platformSubFaultDomain: "text",
  platformUpdateDomain: "text",
  /** `Regular`, `Spot` or "". */
  priority: "text",
  provider: "text",
  publicKeys: [{ keyData: "text", path: "text" }],
  publisher: "text",
  resourceGroupName: "text",
  /** The full ARM id; the case of its segments is not stable. */
  resourceId: "text",
  securityProfile: {
    secureBootEnabled: "text",
    virtualTpmEnabled: "text",
    encryptionAtHost: "text",
    securityType: "text",
  },
  sku: "text",
  storageProfile: STORAGE_PROFILE,
  subscriptionId: "text",
  /** `k:v;k:v`, ambiguous if a value holds `;` or `:`; prefer `tagsList`. */
  tags: "text",
  tagsList: [{ name: "text", value: "text" }],
  /** Base64; may hold secrets. */
  userData: "text",
  version: "text",
  /** Scale sets of flexible orchestration only. */
  virtualMachineScaleSet: { id: "text" },
  vmId: "text",
  vmScaleSetName: "text",
  vmSize: "text",
  /** The logical zone, "" if none. */
  zone: "text",
} as const;

const ADDRESS = { privateIpAddress: "text", publicIpAddress: "text" } as const;
const SUBNET = { address: "text", prefix: "text" } as const;
const INTERFACE = {
  ipv4: { ipAddress: [ADDRESS], subnet: [SUBNET] },
  ipv6: { ipAddress: [ADDRESS], subnet: [SUBNET] },
  /** Twelve hex digits without separators. */
  macAddress: "text",
} as const;
const NETWORK = { interface: [INTERFACE] } as const;
const INSTANCE = { compute: COMPUTE, network: NETWORK } as const;

/** `compute` of the instance document (Azure docs: Instance Metadata Service, "Instance metadata"): strings as sent, "" where a thing does not apply. */
export type InstanceCompute = Shaped<typeof COMPUTE>;

/** One network interface; an address that does not exist is "". */
export type InstanceNetworkInterface = Shaped<typeof INTERFACE>;

/** `network` of the instance document; the order of the interfaces means nothing. */
export type InstanceNetwork = Shaped<typeof NETWORK>;

/** The answer of `/metadata/instance`: every field optional, every primitive a string ("true", "0", ""), unknown fields as sent. */
export interface InstanceDocument {
  /** Absent on classic VMs. */
  readonly compute?: InstanceCompute;
  readonly network?: InstanceNetwork;
}

/** The path of the instance document. */
export const INSTANCE_PATH = "/metadata/instance";

/** {@link parseInstance} for an answer whose origin is known. */
export const readInstance = (text: string, origin: BodyOrigin): InstanceDocument => {
  const document = readShape(jsonObjectOf(text, origin), INSTANCE) as InstanceDocument;
  if (document.compute === undefined && document.network === undefined) {
    throw wrongShape(text, origin, "it has neither `compute` nor `network`");
  }
  return document;
};

/**
 * Reads a whole instance document; throws an `ImdsError` of code `not-json`, or `wrong-shape` if it has neither a
 * `compute` nor a `network` object (another cloud's service, or a gateway, answers at the same address).
 */
export const parseInstance = (text: string): InstanceDocument =>
  readInstance(text, { path: INSTANCE_PATH, where: INSTANCE_PATH, excerpt: false });
