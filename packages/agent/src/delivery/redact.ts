/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** A redactor for these values, longest first; values of fewer than 4 characters would hit innocent text and are left. */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter((form) => form.length >= 4);
  const values = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, "[redacted]"), text);
}
