import { covers } from "./resource.ts";
import { allows } from "./right.ts";
import type { Right } from "./right.ts";
import type { Grant } from "./put-token.ts";

/** What the tokens that one connection has put allow it to do. */
export interface Claims {
  add(grant: Grant): void;
  /** Whether a token that has not expired opens the path with this right; without a right: opens it at all. */
  allow(path: readonly string[], right?: Right): boolean;
  /** When the next token expires, in ms since 1970; Infinity without one. */
  nextExpiry(): number;
}

/** The claims of a new connection: none. */
export function createClaims(now: () => number): Claims {
  const grants = new Map<string, Grant>();
  const valid = () => [...grants.values()].filter(({ expiresAt }) => expiresAt > now());
  return {
    add: (grant) => void grants.set(grant.path.join("/"), grant),
    allow: (path, right) =>
      valid().some(
        (grant) =>
          covers(grant.path, path) &&
          (right === undefined ? grant.rights().length > 0 : allows(grant.rights(), right)),
      ),
    nextExpiry: () => Math.min(Infinity, ...valid().map(({ expiresAt }) => expiresAt)),
  };
}
