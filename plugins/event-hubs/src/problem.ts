import type { Access, Destination } from "./destination.ts";
import type { LeafError } from "./leaf-error.ts";

/** What an error means: at most one of these; none means that the same attempt may succeed later. */
export interface Problem {
  /** What a person must do. */
  readonly person?: string;
  /** Event Hubs will never take the events. */
  readonly rejects?: true;
  /** Event Hubs is throttled and wants to be left alone for so long. */
  readonly retryAfterMs?: number;
}

/** What is advised where Event Hubs is busy and names no time ("Event Hubs quotas and limits": throttling). */
const busyMs = 10_000;

type Meaning =
  | "unauthorized"
  | "no-hub"
  | "no-host"
  | "disabled"
  | "quota"
  | "rejects"
  | "busy"
  | "certificate"
  | "handshake";

/** By the SDK's code, which `@azure/core-amqp` derives from the AMQP condition, or by the condition itself. */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["UnauthorizedError", "unauthorized"],
  ["amqp:unauthorized-access", "unauthorized"],
  ["com.microsoft:auth-failed", "unauthorized"],
  ["PublisherRevokedError", "unauthorized"],
  ["com.microsoft:publisher-revoked", "unauthorized"],
  ["MessagingEntityNotFoundError", "no-hub"],
  ["ServiceCommunicationError", "no-hub"],
  ["amqp:not-found", "no-hub"],
  ["ResourceDeletedError", "no-hub"],
  ["amqp:resource-deleted", "no-hub"],
  ["ENOTFOUND", "no-host"],
  ["MessagingEntityDisabledError", "disabled"],
  ["com.microsoft:entity-disabled", "disabled"],
  ["QuotaExceededError", "quota"],
  ["amqp:resource-limit-exceeded", "quota"],
  ["MessageTooLargeError", "rejects"],
  ["amqp:link:message-size-exceeded", "rejects"],
  ["ArgumentError", "rejects"],
  ["com.microsoft:argument-error", "rejects"],
  ["ArgumentOutOfRangeError", "rejects"],
  ["com.microsoft:argument-out-of-range", "rejects"],
  ["InvalidOperationError", "rejects"],
  ["amqp:not-allowed", "rejects"],
  ["ServerBusyError", "busy"],
  ["com.microsoft:server-busy", "busy"],
]);

// Node's names of OpenSSL's verdicts on a certificate, and of a handshake that failed.
const certificate =
  /^(?:CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_C|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT)/;
const handshake = /^(?:ERR_SSL_|EPROTO$)/;

function meaningOf(code: string): Meaning | undefined {
  if (certificate.test(code)) return "certificate";
  return handshake.test(code) ? "handshake" : meanings.get(code);
}

/** What one error means for the sink. */
export function problemOf({ code = "", message }: LeafError, destination: Destination): Problem {
  const { host, eventHub } = destination;
  switch (meaningOf(code)) {
    case "unauthorized":
      return { person: unauthorized(message, destination) };
    case "no-hub":
      return {
        person: `there is no Event Hub ${eventHub} in ${host}: check the option eventHub, or create it (az eventhubs eventhub create)`,
      };
    case "no-host":
      return {
        person: `there is no host ${host}: check the option ${hostOption(destination.access)}, and DNS`,
      };
    case "disabled":
      return { person: `the Event Hub ${eventHub} is disabled: set its status to Active` };
    case "quota":
      // Also what rhea says where the peer has fallen silent.
      return message.includes("max idle time exceeded")
        ? {}
        : {
            person: `a quota of ${host} is exhausted, such as its connections: see the quotas of its tier, or let fewer agents connect`,
          };
    case "certificate":
      return {
        person: `the certificate of ${host} was not accepted: where a proxy inspects TLS, trust its authority with NODE_EXTRA_CA_CERTS`,
      };
    case "handshake":
      return {
        person: `no TLS connection with ${host}: check the option ${hostOption(destination.access)}, and what stands between`,
      };
    case "rejects":
      return { rejects: true };
    case "busy":
      return { retryAfterMs: waitOf(message) };
    case undefined:
      return handshakeProblem(message, destination);
  }
}

/** Which of key, right, role and identity is wrong; Azure's words tell. */
function unauthorized(message: string, { access, host, eventHub }: Destination): string {
  const lacksClaim = /claim(?:\(s\))?s? (?:are|is) required/i.test(message);
  if (access.kind === "connection-string") {
    const policy =
      access.keyName === undefined ? "the signature" : `the shared access policy ${access.keyName}`;
    if (lacksClaim)
      return `${policy} of the option connectionString lacks the right Send for ${eventHub}: give it`;
    if (/expired/i.test(message)) {
      return access.keyName === undefined
        ? "the signature in the option connectionString has expired: renew it"
        : `${host} takes a new token for an expired one: check the clock of this machine`;
    }
    return `${host} does not accept the key in the option connectionString: ${policy} is gone, or its key was changed; copy the connection string again`;
  }
  const who = access.clientId === undefined ? "the identity" : `the identity ${access.clientId}`;
  return lacksClaim
    ? `${who} lacks the role "Azure Event Hubs Data Sender" on ${eventHub}: assign it (az role assignment create), which takes up to five minutes to work`
    : `${host} does not accept the token of ${who}: check that it belongs to the tenant of the namespace`;
}

function hostOption({ kind }: Access): string {
  return kind === "connection-string" ? "connectionString (its Endpoint)" : "namespace";
}

/** "Please wait 4 seconds and try again." */
function waitOf(message: string): number {
  const seconds = /wait (\d{1,3}) seconds?/i.exec(message)?.[1];
  return seconds === undefined ? busyMs : Math.max(1, Number(seconds)) * 1000;
}

/** A WebSocket that an HTTP status has refused, by the words of `ws`: a 4xx is a proxy's or a gateway's decision. */
function handshakeProblem(message: string, { host }: Destination): Problem {
  const status = /^Unexpected server response: (4\d\d)$/.exec(message)?.[1];
  if (status === undefined || status === "408" || status === "429") return {};
  const cure =
    status === "407"
      ? "the proxy wants a user and a password: give them in its URL"
      : "check that the proxy lets WebSockets through to it";
  return { person: `no WebSocket to ${host}, answered ${status}: ${cure}` };
}
