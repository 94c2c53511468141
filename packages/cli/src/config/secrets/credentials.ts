import { hideTelltales } from "./telltale.ts";

/** Whether a text is a URL that carries a user or a password. */
export function isUrlWithCredentials(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username !== "" || password !== "";
}

/**
 * A text of the same length without what may be the user and password of a URL: all between the scheme and the last
 * `@`; where a password stands without one, all that follows the scheme. The URL need not be well-formed. What follows
 * the beginning of a PEM text is hidden, too, and every secret that can be recognized.
 */
export function hideCredentials(text: string): string {
  const pem = text.indexOf("-----BEGIN");
  if (pem !== -1) return text.slice(0, pem) + "*".repeat(text.length - pem);
  // The colons of references are not meant.
  const plain = text.replaceAll(/\$\{(?:env|file)[:.][^}@]*\}/g, (found) => "x".repeat(found.length));
  const start = /^["']?(?:[A-Za-z][\w+.-]*:\/\/)?/.exec(text)?.[0].length ?? 0;
  const at = plain.lastIndexOf("@");
  const hasUser = at > start;
  // A second colon that begins no port.
  const isDoubtful = hasUser || /:[^:]*:(?!\d{1,5}(?:[/?#"']|$))/.test(plain);
  const end = hasUser ? at : text.length;
  return hideTelltales(isDoubtful ? text.slice(0, start) + "*".repeat(end - start) + text.slice(end) : text);
}
