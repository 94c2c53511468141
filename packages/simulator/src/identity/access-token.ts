import { randomUUID } from "node:crypto";

import type { WholeIdentity } from "../vm/whole-identity.ts";
import type { TokenKey } from "./token-key.ts";

/** What a token is for. */
export interface TokenRequest {
  readonly resource: string;
  readonly tenantId: string;
  readonly identity: WholeIdentity;
}

/** The lifetime of a managed identity's token (Entra docs: managed identities, known issues). */
const LIFETIME_S = 24 * 60 * 60;
/** As old as a token may get before a new one is made in its place. */
const CACHED_S = LIFETIME_S / 2;

/** Makes tokens and keeps them, as IMDS does; `bypassCache` makes a new one at any time. */
export interface TokenIssuer {
  answer(request: TokenRequest, bypassCache: boolean): Promise<object>;
}

/** An issuer whose clock gives epoch milliseconds. */
export function createTokenIssuer(key: TokenKey, now: () => number): TokenIssuer {
  const cached = new Map<string, { readonly at: number; readonly token: Promise<string> }>();
  return {
    async answer(request, bypassCache) {
      const time = Math.floor(now() / 1000);
      const name = JSON.stringify([request.resource, request.identity.objectId, request.tenantId]);
      const known = cached.get(name);
      const fresh = known !== undefined && !bypassCache && time - known.at < CACHED_S && time >= known.at;
      const entry = fresh ? known : { at: time, token: key.sign(claims(request, time)) };
      cached.set(name, entry);
      return tokenAnswer(request, await entry.token, entry.at, time);
    },
  };
}

/** Every number is a decimal string of seconds (Entra docs: how to use managed identities to acquire a token). */
function tokenAnswer({ resource, identity }: TokenRequest, token: string, at: number, now: number): object {
  return {
    access_token: token,
    client_id: identity.clientId,
    expires_in: String(at + LIFETIME_S - now),
    expires_on: String(at + LIFETIME_S),
    ext_expires_in: String(LIFETIME_S),
    not_before: String(at),
    refresh_token: "",
    resource,
    token_type: "Bearer",
  };
}

/** The claims of a token of Entra's version 1.0 for a managed identity. */
function claims({ resource, tenantId, identity }: TokenRequest, at: number): object {
  const issuer = `https://sts.windows.net/${tenantId}/`;
  return {
    aud: resource,
    iss: issuer,
    iat: at,
    nbf: at,
    exp: at + LIFETIME_S,
    appid: identity.clientId,
    appidacr: "2",
    idp: issuer,
    idtyp: "app",
    oid: identity.objectId,
    sub: identity.objectId,
    tid: tenantId,
    uti: randomUUID(),
    ver: "1.0",
    xms_mirid: identity.resourceId,
  };
}
