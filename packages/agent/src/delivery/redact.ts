/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter texts would hit innocent ones. */
const shortest = 4;

/**
 * A redactor for these values, longest first, also where they are written as part of a URL or of JSON; of a URL also
 * its path and query alone, which servers like to repeat. Values of fewer than 4 characters are left.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = secrets
    .flatMap((secret) => [secret, ...pathOf(secret)])
    .flatMap((form) => [form, encodeURIComponent(form.toWellFormed()), JSON.stringify(form).slice(1, -1)])
    .filter((form) => form.length >= shortest);
  const values = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, () => "[redacted]"), text);
}

function pathOf(secret: string): readonly string[] {
  const url = /^https?:/i.test(secret) ? URL.parse(secret) : null;
  return url === null ? [] : [url.pathname + url.search, url.pathname];
}
