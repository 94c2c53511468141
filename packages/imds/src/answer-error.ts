import type { HttpResponse } from "./http-client.ts";
import { excerptOf, ImdsError, type ImdsErrorCode } from "./imds-error.ts";
import { readRetryAfter } from "./retry-after.ts";
import { isJsonObject, parseTolerantJson } from "./tolerant-json.ts";

/** A request as an error describes it. */
export interface Asked {
  /** Without query. */
  readonly path: string;
  /** E.g. `GET http://169.254.169.254/metadata/versions`. */
  readonly where: string;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Explanation {
  readonly code: ImdsErrorCode;
  readonly retryable: boolean;
  readonly advice: string;
}

const GUEST_PROXY_AGENT =
  "the Guest Proxy Agent of the Metadata Security Protocol (MSP), which decides by process and user who may ask IMDS. " +
  "Allow this process there; its log is /var/lib/azure-proxy-agent/ProxyAgent.Connection.log " +
  "(Windows: C:\\WindowsAzure\\ProxyAgent\\Logs\\ProxyAgent.Connection.log).";

const fixed = (code: ImdsErrorCode, retryable: boolean, advice: string): Explanation => ({
  code,
  retryable,
  advice,
});

/** What a status means whoever asked for whatever (Azure docs: Instance Metadata Service, "Errors and debugging"). */
const BY_STATUS: Readonly<Record<number, Explanation>> = {
  401: fixed("unauthorized", false, "Check the managed identity of this VM, and the resource asked for."),
  405: fixed("method-not-allowed", false, "IMDS does not know this verb here."),
  408: fixed("unexpected-status", true, "IMDS gave up on this request; the same one may succeed later."),
  410: fixed("gone", true, "IMDS is being updated and back within 70 seconds."),
  421: fixed(
    "misdirected",
    false,
    `The connection could not be attributed to a process by ${GUEST_PROXY_AGENT}`,
  ),
  429: fixed(
    "throttled",
    true,
    "All processes of this VM share 5 requests per second (20 for identity), and asked more often.",
  ),
};

const UNEXPECTED = fixed("unexpected-status", false, "IMDS documents no such status.");
const SERVER_ERROR = fixed(
  "server-error",
  true,
  "IMDS failed for the moment; the same request may succeed a second later.",
);
const REDIRECTED = fixed(
  "redirected",
  false,
  "This is not IMDS, which never redirects: a portal or a proxy answers at its address. The redirect was not followed.",
);

const rejectedRequest = (path: string): string => {
  if (/^\/metadata\/identity\//i.test(path)) {
    return "No such managed identity is assigned to this VM, or the resource is unknown to it.";
  }
  if (/^\/metadata\/scheduledevents$/i.test(path)) {
    return "IMDS does not accept this request; an EventId may be malformed, or the event gone.";
  }
  return "IMDS does not accept this request; a single value (a leaf) has to be asked for with format=text.";
};

const unknownVersion = (newest: readonly string[]): string =>
  `This host does not know the api-version asked for; it offers ${newest.join(", ")}.`;

const badRequest = (path: string, newest: readonly string[] | undefined): Explanation =>
  fixed("bad-request", false, newest ? unknownVersion(newest) : rejectedRequest(path));

const forbidden = (body: string): Explanation =>
  fixed(
    "forbidden",
    false,
    body.trim() === ""
      ? `Refused with an empty body, as does ${GUEST_PROXY_AGENT}`
      : "IMDS itself does not answer so: a gateway answered in its place (Docker Desktop, a pod identity agent, a proxy).",
  );

/** A 404 of these passes ("IMDS endpoint is updating"); elsewhere the element does not exist. */
const EXISTS_ON_EVERY_VM = /^\/metadata\/(instance$|scheduledevents$|identity\/)/i;

const notFound = (path: string, newest: readonly string[] | undefined): Explanation => {
  if (newest) return fixed("not-found", false, unknownVersion(newest));
  if (EXISTS_ON_EVERY_VM.test(path)) {
    return fixed("not-found", true, "IMDS is being updated, or not ready yet.");
  }
  const advice = /^\/metadata\/loadbalancer$/i.test(path)
    ? "This VM stands behind no load balancer of a non-basic SKU, or that part of IMDS is not available yet."
    : "This VM has no such element; look at the document above it, and at the api-version.";
  return fixed("not-found", false, advice);
};

const explain = (
  { status, body }: HttpResponse,
  path: string,
  newest: readonly string[] | undefined,
): Explanation => {
  if (status === 400) return badRequest(path, newest);
  if (status === 403) return forbidden(body);
  if (status === 404) return notFound(path, newest);
  if (status >= 500 && status <= 599) return SERVER_ERROR;
  if (status >= 300 && status <= 399 && status !== 304) return REDIRECTED;
  return BY_STATUS[status] ?? UNEXPECTED;
};

const newestVersionsOf = (body: string): readonly string[] | undefined => {
  const value = parseTolerantJson(body);
  const versions: unknown = isJsonObject(value) ? value["newest-versions"] : undefined;
  if (!Array.isArray(versions)) return undefined;
  const texts = versions.filter(
    (version) => typeof version === "string" && /^\d{4}-\d{2}-\d{2}$/.test(version),
  );
  return texts.length > 0 ? (texts as readonly string[]) : undefined;
};

/** The error for an answer of any status but 200; its code follows from the status alone, never from the body's text. */
export const answerError = (response: HttpResponse, asked: Asked): ImdsError => {
  const ofVersion = response.status === 400 || response.status === 404;
  const newest = ofVersion ? newestVersionsOf(response.body) : undefined;
  const retryAfterMs = readRetryAfter(response.retryAfter, asked.at);
  const { code, retryable, advice } = explain(response, asked.path, newest);
  const proxy = /^text\/html\b/i.test(response.contentType)
    ? " The answer is HTML: a proxy is in the path."
    : "";
  return new ImdsError(`${asked.where} was answered with status ${response.status}. ${advice}${proxy}`, {
    code,
    retryable,
    path: asked.path,
    status: response.status,
    ...(response.body !== "" && { excerpt: excerptOf(response.body) }),
    ...(response.server !== undefined && { server: response.server }),
    ...(newest && { newestVersions: newest }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
};
