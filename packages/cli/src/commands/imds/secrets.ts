const hidden = "(hidden, --show-secret shows it)";
const secretNames: ReadonlySet<string> = new Set(["access_token", "refresh_token", "id_token"]);

/** The answer of the token endpoint without its tokens; every other answer as it is. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretNames.has(name.toLowerCase()) && inner !== "" ? hidden : (inner as unknown),
    ]),
  );
}

/** Whether an answer of this path may hold a token. */
export function mayHoldToken(path: string): boolean {
  return /^\/*(metadata\/+)?identity\/+oauth2\b/i.test(path);
}
