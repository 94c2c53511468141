import { badRequest, json, notFound } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { Authority } from "../pki/authority.ts";
import { instanceDocument } from "../vm/instance-document.ts";
import type { VmDescription } from "../vm/vm-description.ts";

/** The longest of the lifetimes in Azure's samples, which are 5 s, 45 s and 6 h. */
const LIFETIME_MS = 6 * 60 * 60 * 1000;

/** `/metadata/attested/document`, since 2018-10-01; `now` gives epoch milliseconds. */
export function attestedEndpoint(
  versions: readonly string[],
  vm: () => VmDescription,
  authority: Authority,
  now: () => number,
): Endpoint {
  return {
    methods: ["GET"],
    apiVersions: versions.filter((version) => version >= "2018-10-01"),
    subpaths: true,
    async answer({ segments, parameters, apiVersion, host }) {
      if (segments.join("/") !== "document") return notFound;
      const time = now();
      const nonce = parameters.get("nonce") ?? defaultNonce(time);
      if (!/^[\w-]{1,32}$/.test(nonce))
        return badRequest(
          "A nonce is 1 to 32 letters, digits, - or _; Azure's documentation takes 10 digits.",
        );
      const content = Buffer.from(JSON.stringify(attestation(vm(), nonce, apiVersion, time)));
      const signature = await authority.sign({ content, name: certificateName(vm()), host });
      return json({ encoding: "pkcs7", signature: Buffer.from(signature).toString("base64") });
    },
  };
}

/** The signed facts as an api-version gives them (Azure docs: IMDS, attested data). */
export function attestation(vm: VmDescription, nonce: string, version: string, time: number): object {
  const { licenseType, plan, sku } = instanceDocument(vm)["compute"] as Readonly<Record<string, unknown>>;
  return {
    nonce,
    plan,
    timeStamp: { createdOn: timestamp(time), expiresOn: timestamp(time + LIFETIME_MS) },
    vmId: vm.vmId,
    // Only for a VM with Azure Hybrid Benefit.
    ...(version >= "2020-09-01" && licenseType !== "" && { licenseType }),
    ...(version >= "2019-04-30" && { subscriptionId: vm.subscriptionId }),
    ...(version >= "2019-11-01" && { sku }),
  };
}

/** The domains of the clouds (Azure docs: IMDS, attested data, sovereign clouds), below which each region has a name. */
const domains: Readonly<Record<string, string>> = {
  azurepubliccloud: "metadata.azure.com",
  azureusgovernmentcloud: "metadata.azure.us",
  azurechinacloud: "metadata.azure.cn",
  azuregermancloud: "metadata.microsoftazure.de",
};

function certificateName({ azEnvironment, location }: VmDescription): string {
  return `${location}.${domains[azEnvironment.toLowerCase()] ?? "metadata.azure.com"}`;
}

/** `MM/DD/YY HH:mm:ss -0000`. */
function timestamp(time: number): string {
  const [year = "", month, day, clock] = parts(time);
  return `${month}/${day}/${year.slice(2)} ${clock} -0000`;
}

/** `YYYYMMDD-HHmmss`, which stands in a document that was asked for without a nonce. */
function defaultNonce(time: number): string {
  const [year, month, day, clock = ""] = parts(time);
  return `${year}${month}${day}-${clock.replaceAll(":", "")}`;
}

function parts(time: number): readonly string[] {
  return new Date(time).toISOString().slice(0, 19).split(/[-T]/);
}
