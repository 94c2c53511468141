/** A token of type `jwt` as a client put it. Nothing of it is verified. */
export interface BearerToken {
  /** The token as sent; it need not be a JSON Web Token. */
  readonly raw: string;
  /** What the token claims, `{}` if it is not a JSON Web Token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The URI for which the client put it, such as `sb://127.0.0.1:5672/hub`. */
  readonly resource: string;
}

/** The audiences that Azure takes for Event Hubs, without trailing slashes. */
const audiences: ReadonlySet<string> = new Set([
  "https://eventhubs.azure.net",
  "https://servicebus.azure.net",
]);

/** Decodes a token without verifying its signature. */
export function parseBearerToken(raw: string, resource: string): BearerToken {
  return { raw, claims: decodeClaims(raw), resource };
}

/** When the token expires, in ms since 1970; undefined if it does not say. */
export function expiryOf({ claims }: BearerToken): number | undefined {
  const exp = claims["exp"];
  return typeof exp === "number" && Number.isFinite(exp) ? exp * 1000 : undefined;
}

/** Whether the audience is that of Event Hubs. */
export function hasAudience({ claims }: BearerToken): boolean {
  const aud = claims["aud"];
  return typeof aud === "string" && audiences.has(aud.replace(/\/+$/, ""));
}

function decodeClaims(raw: string): Readonly<Record<string, unknown>> {
  const [, payload] = raw.split(".");
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? { ...claims } : {};
  } catch {
    return {};
  }
}
