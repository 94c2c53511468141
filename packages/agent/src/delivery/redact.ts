import { percentDecoded } from "@forewarn/sdk";

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter texts would hit innocent ones. */
const shortest = 4;

/**
 * A redactor for these values, longest first, also where they are written as part of a URL or of JSON; of a URL also
 * its path and query alone, which servers like to repeat, and each part of them that may be a key: 8 characters or more
 * with a digit. Values of fewer than 4 characters are left.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = secrets
    .flatMap((secret) => [secret, ...partsOf(secret)])
    .flatMap((form) => [form, encodeURIComponent(form.toWellFormed()), JSON.stringify(form).slice(1, -1)])
    .filter((form) => form.length >= shortest);
  const values = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((clean, value) => clean.replaceAll(value, () => "[redacted]"), text);
}

function partsOf(secret: string): readonly string[] {
  const url = /^https?:/i.test(secret) ? URL.parse(secret) : null;
  if (url === null) return [];
  const parts = [...url.pathname.split("/"), ...url.search.split(/[?&=]/)];
  const keys = parts.filter((part) => part.length >= 8 && /\d/.test(part));
  return [url.pathname + url.search, url.pathname, ...keys, ...keys.map(percentDecoded)];
}
