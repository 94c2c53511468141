import {
  apiVersionInvalid,
  badRequest,
  metadataHeaderMissing,
  methodNotAllowed,
  notFound,
} from "./answer.ts";
import type { ServerAnswer, TrackedAnswer } from "./answer.ts";
import type { ReceivedRequest } from "./request.ts";

/** A request that keeps the rules of IMDS. */
export interface ImdsRequest {
  readonly method: string;
  /** The decoded path below the endpoint: `["compute", "name"]` of `/metadata/instance/compute/name`. */
  readonly segments: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
  /** One of the endpoint's api-versions; "" at an endpoint without. */
  readonly apiVersion: string;
  readonly body: string;
  /** The Host header: where the client thinks that IMDS is. */
  readonly host: string;
}

/** One resource under `/metadata`. */
export interface Endpoint {
  readonly methods: readonly string[];
  /** Ascending; undefined = the endpoint is not versioned. */
  readonly apiVersions: readonly string[] | undefined;
  /** Whether paths below it exist. */
  readonly subpaths: boolean;
  /** Puts a refusal of the common rules, which is made for the instance family, into the words of another family. */
  readonly refusal?: (refused: ServerAnswer) => ServerAnswer;
  /** A promise only where something must be made first, such as a certificate. */
  answer(request: ImdsRequest): TrackedAnswer | Promise<TrackedAnswer>;
}

/** The endpoints by their path segments below `/metadata`, such as `instance`. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/**
 * Applies the rules that hold for every endpoint (Azure docs: IMDS, security and errors) and answers. The order in which
 * Azure checks them is not documented; here the header rules come first, then path, method, query and api-version.
 */
export async function answerRequest(endpoints: Endpoints, request: ReceivedRequest): Promise<TrackedAnswer> {
  const path = pathSegments(request.path);
  if (path?.[0] !== "metadata") return notFound;
  const [, name = "", ...segments] = path;
  const endpoint = endpoints.get(name);
  const checked = check(endpoint, segments, request);
  if ("status" in checked) return refuse(endpoints, request, checked);
  return await (endpoint as Endpoint).answer(checked);
}

/** A refusal, made for the instance family, in the words of the endpoint that was asked. */
export function refuse(endpoints: Endpoints, request: ReceivedRequest, refused: ServerAnswer): ServerAnswer {
  const endpoint = endpoints.get(pathSegments(request.path)?.[1] ?? "");
  return endpoint?.refusal?.(refused) ?? refused;
}

/** The request for the endpoint, or the refusal of a rule that it breaks. */
function check(
  endpoint: Endpoint | undefined,
  segments: readonly string[],
  request: ReceivedRequest,
): ImdsRequest | ServerAnswer {
  if (request.headers["x-forwarded-for"] !== undefined)
    return badRequest("Requests with an X-Forwarded-For header are rejected.");
  if (String(request.headers["metadata"]).toLowerCase() !== "true") return metadataHeaderMissing;
  if (endpoint === undefined || (segments.length > 0 && !endpoint.subpaths)) return notFound;
  if (!endpoint.methods.includes(request.method))
    return methodNotAllowed(request.path, request.method, endpoint.methods);

  const parameters = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(request.query)) {
    if (parameters.has(key)) return badRequest(`The query parameter "${key}" is given more than once.`);
    parameters.set(key, value);
  }
  const apiVersion = endpoint.apiVersions === undefined ? "" : (parameters.get("api-version") ?? "");
  if (endpoint.apiVersions?.includes(apiVersion) === false) return apiVersionInvalid(endpoint.apiVersions);
  const { method, body, headers } = request;
  return { method, segments, parameters, apiVersion, body, host: headers.host ?? "" };
}

/** The decoded segments; one trailing slash is ignored, undefined when the path is no valid one. */
function pathSegments(path: string): readonly string[] | undefined {
  try {
    return path
      .replace(/^\//, "")
      .replace(/\/$/, "")
      .split("/")
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
