import type { TokenIssuer } from "../identity/access-token.ts";
import { json, metadataHeaderMissing } from "../http/answer.ts";
import type { ServerAnswer } from "../http/answer.ts";
import type { Endpoint, ImdsRequest } from "../http/endpoint.ts";
import { identitiesOf } from "../vm/whole-identity.ts";
import type { WholeIdentity } from "../vm/whole-identity.ts";
import { identify } from "../vm/vm-description.ts";
import type { VmDescription } from "../vm/vm-description.ts";

/** `/metadata/identity/oauth2/token` and `/metadata/identity/info`, since 2018-02-01. */
export function identityEndpoint(
  versions: readonly string[],
  vm: () => VmDescription,
  issuer: TokenIssuer,
): Endpoint {
  return {
    methods: ["GET"],
    apiVersions: versions.filter((version) => version >= "2018-02-01"),
    subpaths: true,
    refusal,
    answer(request) {
      const path = request.segments.join("/");
      const identities = identitiesOf(vm(), identify(vm()).resourceId);
      if (path === "oauth2/token") return token(request, identities, vm().tenantId, issuer);
      if (path === "info") return info(identities, vm().tenantId);
      return refusal({ status: 404, body: { error: "Not found" } });
    },
  };
}

/** The tenant of the system-assigned identity (IMDS OpenAPI 2023-07-01); the answer without one is not documented. */
function info(identities: readonly WholeIdentity[], tenantId: string): ServerAnswer {
  return identities.some(({ system }) => system) ? json({ tenantId }) : notAssigned;
}

async function token(
  { parameters }: ImdsRequest,
  identities: readonly WholeIdentity[],
  tenantId: string,
  issuer: TokenIssuer,
): Promise<ServerAnswer> {
  const resource = parameters.get("resource") ?? "";
  if (resource === "") return invalidRequest("Required query variable 'resource' is missing");
  const identity = chooseIdentity(parameters, identities);
  if ("status" in identity) return identity;
  if (!URL.canParse(resource) && !isUuid(resource)) return unknownResource(resource, tenantId);
  const bypassCache = parameters.get("bypass_cache")?.toLowerCase() === "true";
  return json(await issuer.answer({ resource, tenantId, identity }, bypassCache));
}

/** `mi_res_id` is the name that Azure's older tools use for `msi_res_id`. */
const selectors = ["client_id", "object_id", "msi_res_id", "mi_res_id"] as const;

/** The identity that the query names, else the system-assigned one, else the only one (Entra docs: get a token using HTTP). */
function chooseIdentity(
  parameters: ReadonlyMap<string, string>,
  identities: readonly WholeIdentity[],
): WholeIdentity | ServerAnswer {
  const given = selectors.filter((name) => parameters.has(name));
  const [selector, another] = given;
  if (another !== undefined)
    return invalidRequest(
      `Only one of client_id, object_id and msi_res_id may be given, not ${given.join(" and ")}`,
    );
  if (selector !== undefined) {
    const wanted = parameters.get(selector)?.toLowerCase();
    return identities.find((identity) => idOf(identity, selector).toLowerCase() === wanted) ?? notAssigned;
  }
  const system = identities.find((identity) => identity.system);
  if (system !== undefined) return system;
  return identities.length > 1 ? ambiguous : (identities[0] ?? notAssigned);
}

function idOf(identity: WholeIdentity, selector: (typeof selectors)[number]): string {
  if (selector === "client_id") return identity.clientId;
  return selector === "object_id" ? identity.objectId : identity.resourceId;
}

function invalidRequest(description: string): ServerAnswer {
  return { status: 400, body: { error: "invalid_request", error_description: description } };
}

/** Verbatim as captured (Azure/aad-pod-identity#778). */
const notAssigned = invalidRequest("Identity not found");

/** Verbatim as reported by many. */
const ambiguous = invalidRequest(
  "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
);

/** Entra docs, error `invalid_resource`. Here: whatever is neither a URI nor a UUID, for no directory is asked. */
function unknownResource(resource: string, tenantId: string): ServerAnswer {
  const description = `AADSTS50001: The application named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`;
  return { status: 400, body: { error: "invalid_resource", error_description: description } };
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

/** The codes of the identity family (IMDS OpenAPI 2023-07-01); that of 429 is another one in a capture. */
const codes: Readonly<Record<number, string>> = { 404: "not_found", 405: "method_not_allowed" };

/** Captured texts where there are some (Azure/azure-sdk-for-net#39574 for 429), else that of the instance family. */
function refusal(refused: ServerAnswer): ServerAnswer {
  const { error } = refused.body as { readonly error: string };
  return {
    ...refused,
    body: {
      error: codes[refused.status] ?? "invalid_request",
      error_description: descriptionOf(refused, error),
    },
  };
}

function descriptionOf(refused: ServerAnswer, error: string): string {
  if (refused === metadataHeaderMissing) return "Required metadata header not specified";
  if (refused.status === 429) return "Temporarily throttled, too many requests";
  return error.replace(/^Bad request\. /, "");
}
