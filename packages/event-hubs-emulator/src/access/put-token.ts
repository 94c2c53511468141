import { expiryOf, hasAudience, parseBearerToken } from "./bearer-token.ts";
import type { BearerToken } from "./bearer-token.ts";
import type { KeyRing } from "./key-ring.ts";
import { covers, parseResource } from "./resource.ts";
import type { Resource } from "./resource.ts";
import { allRights } from "./right.ts";
import type { Right } from "./right.ts";
import { parseSasToken } from "./sas-token.ts";

/** What a verified token opens. */
export interface Grant {
  readonly path: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Asked again at every use, so that a key that lost a right or was replaced no longer opens anything. */
  rights(): readonly Right[];
}

/** Decides over a bearer token: its rights, or undefined to refuse it. */
export type AcceptToken = (token: BearerToken) => readonly Right[] | undefined;

/** A put-token request. */
export interface PutToken {
  readonly type: unknown;
  readonly token: unknown;
  /** The URI of what the token is to open. */
  readonly audience: unknown;
}

/** A refused request: status code and words as Azure answers them. */
export interface Refusal {
  readonly status: number;
  readonly description: string;
  readonly condition: string;
}

/** Who may do what. */
export interface AccessRules {
  readonly keys: KeyRing;
  readonly acceptToken: AcceptToken;
  readonly now: () => number;
  readonly hubExists: (name: string) => boolean;
}

/**
 * The bearer tokens that are taken when nothing else is said: a JSON Web Token whose audience is that of Event Hubs; it
 * has every right. The signature is not verified, since the emulator knows no key of an identity provider.
 */
export const acceptByAudience: AcceptToken = (token) => (hasAudience(token) ? allRights : undefined);

/** Verifies the token of a request. */
export function verifyToken(request: PutToken, rules: AccessRules): Grant | Refusal {
  const audience = typeof request.audience === "string" ? parseResource(request.audience) : undefined;
  if (audience === undefined) return malformed("name", 400);
  if (typeof request.token !== "string") return unauthorized("MalformedToken: The token is not a string.");
  const grant =
    request.type === "servicebus.windows.net:sastoken"
      ? verifySas(request.token, audience, rules)
      : request.type === "jwt"
        ? verifyBearer(request.token, String(request.audience), audience, rules)
        : malformed("type", 400);
  if ("status" in grant) return grant;
  const [hub] = audience.path;
  if (hub !== undefined && !hub.startsWith("$") && !rules.hubExists(hub)) return missing(audience);
  return grant;
}

function verifySas(text: string, audience: Resource, { keys, now }: AccessRules): Grant | Refusal {
  const token = parseSasToken(text);
  const resource = token && parseResource(token.resource);
  if (token === undefined || resource === undefined)
    return unauthorized("MalformedToken: The token is malformed.");
  const { keyName, expiresAt } = token;
  const key = keys.get(keyName);
  if (key === undefined || !token.signedBy(key.key))
    return unauthorized("InvalidSignature: The token has an invalid signature.");
  if (expiresAt <= now()) return expired(expiresAt);
  if (resource.authority !== audience.authority || !covers(resource.path, audience.path))
    return unauthorized("InvalidAudience: The authorization header contains a token with a wrong audience.");
  const rights = () => {
    const current = keys.get(keyName);
    return current?.key === key.key ? current.rights : [];
  };
  return { path: audience.path, expiresAt, rights };
}

function verifyBearer(
  raw: string,
  uri: string,
  { path }: Resource,
  { acceptToken, now }: AccessRules,
): Grant | Refusal {
  const token = parseBearerToken(raw, uri);
  const expiresAt = expiryOf(token) ?? Infinity;
  if (expiresAt <= now()) return expired(expiresAt);
  if (acceptToken(token) === undefined)
    return unauthorized("InvalidAudience: Invalid authorization token audience.");
  return { path, expiresAt, rights: () => acceptToken(token) ?? [] };
}

function unauthorized(description: string): Refusal {
  return { status: 401, description, condition: "com.microsoft:auth-failed" };
}

function expired(at: number): Refusal {
  const time = new Date(at).toISOString().replace("T", " ").replace(/\.\d+/, "");
  return unauthorized(`ExpiredToken: The token is expired. Expiration time: '${time}'`);
}

function malformed(property: string, status: number): Refusal {
  const description = `Property '${property}' in the 'application-properties' section is either missing, has the wrong type, or has an unexpected value.`;
  return { status, description, condition: "amqp:not-allowed" };
}

function missing({ authority, path: [hub] }: Resource): Refusal {
  const description = `The messaging entity 'sb://${authority}/${hub}' could not be found.`;
  return { status: 404, description, condition: "amqp:not-found" };
}
