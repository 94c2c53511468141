import { createHmac, timingSafeEqual } from "node:crypto";

/** A shared access signature, taken apart but not verified. */
export interface SasToken {
  /** The resource URI that the token opens, decoded. */
  readonly resource: string;
  readonly keyName: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether this key made the signature. */
  signedBy(key: string): boolean;
}

const PREFIX = "SharedAccessSignature ";

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…&skn=…`; undefined if a field is missing. The signature is the HMAC-SHA256
 * of the encoded `sr` and `se`, joined by a line feed, with the key's UTF-8 bytes
 * (https://learn.microsoft.com/rest/api/eventhub/generate-sas-token).
 */
export function parseSasToken(text: string): SasToken | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const fields = new Map(
    text
      .slice(PREFIX.length)
      .split("&")
      .map((field) => {
        const at = field.indexOf("=");
        return [field.slice(0, at).trim(), field.slice(at + 1)] as const;
      }),
  );
  const [sr, sig, se, skn] = ["sr", "sig", "se", "skn"].map((name) => fields.get(name));
  const expiresAt = Number(se) * 1000;
  const resource = decoded(sr);
  const signature = decoded(sig);
  const keyName = decoded(skn);
  if (sr === undefined || resource === undefined || signature === undefined || keyName === undefined)
    return undefined;
  if (!Number.isFinite(expiresAt)) return undefined;
  return {
    resource,
    keyName,
    expiresAt,
    signedBy: (key) => equal(signature, sign(`${sr}\n${se}`, key)),
  };
}

/** Makes a token for a resource URI such as `sb://127.0.0.1:5672/hub`; `expiresAt` in ms since 1970, used as whole seconds. */
export function sasToken(resource: string, keyName: string, key: string, expiresAt: number): string {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(expiresAt / 1000);
  const sig = encodeURIComponent(sign(`${sr}\n${se}`, key));
  return `${PREFIX}sr=${sr}&sig=${sig}&se=${se}&skn=${encodeURIComponent(keyName)}`;
}

function sign(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
