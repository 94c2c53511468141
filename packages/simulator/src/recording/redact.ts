/** What stands in a recording for a secret. */
const REDACTED = "redacted";
/** The same where Base64 is expected. */
const REDACTED_BASE64 = Buffer.from(REDACTED).toString("base64");

/** Never recorded, whatever was asked for: whoever has it is the VM. */
const TOKENS: ReadonlySet<string> = new Set(["access_token", "refresh_token", "id_token"]);

/** What a VM's owner may have put secrets into, or what proves to others who one is. */
const SECRETS: Readonly<Record<string, string>> = {
  userData: REDACTED_BASE64,
  customData: REDACTED_BASE64,
  keyData: REDACTED,
  secretUrl: REDACTED,
  keyUrl: REDACTED,
  signature: REDACTED_BASE64,
};

/** An answer's JSON without tokens, and unless `withSecrets` without user data, keys and signatures; "" stays "". */
export function redact(value: unknown, withSecrets: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => redact(item, withSecrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (TOKENS.has(key)) return [key, child === "" ? "" : REDACTED];
      const replacement = withSecrets || child === "" || typeof child !== "string" ? undefined : SECRETS[key];
      return [key, replacement ?? redact(child, withSecrets)];
    }),
  );
}
