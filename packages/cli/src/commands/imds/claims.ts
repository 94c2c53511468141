import { parseTolerantJson } from "@forewarn/imds";

/** What a JSON Web Token says about itself; nobody has checked its signature. */
export interface Claims {
  /** `alg`, `kid`, … */
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Reads the two readable parts of a JSON Web Token (RFC 7519, section 3); null for a token of another kind. */
export function claimsOf(token: string): Claims | null {
  const [first, second, signature, ...more] = token.split(".");
  if (signature === undefined || more.length > 0) return null;
  const [header, claims] = [partOf(first), partOf(second)];
  return header === null || claims === null ? null : { header, claims };
}

function partOf(text = ""): Readonly<Record<string, unknown>> | null {
  const value = parseTolerantJson(Buffer.from(text, "base64url").toString("utf8"));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}
