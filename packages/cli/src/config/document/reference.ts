import { isSameWord } from "@forewarn/sdk";

/** One piece of a string of the configuration, in order; `at` and `raw` say where it stands in that string. */
export type Part =
  { readonly kind: "text"; readonly text: string } | EnvReference | FileReference | MalformedReference;

/** `${env:NAME}`, or `${env:NAME:-fallback}` for a variable that may be unset or empty. */
export interface EnvReference {
  readonly kind: "env";
  readonly name: string;
  readonly fallback?: string;
  readonly at: number;
  readonly raw: string;
}

/** `${file:/path}`: the content of a file. */
export interface FileReference {
  readonly kind: "file";
  readonly path: string;
  readonly at: number;
  readonly raw: string;
}

/** Something that begins with `${` and is no reference. */
export interface MalformedReference {
  readonly kind: "malformed";
  readonly at: number;
  readonly raw: string;
  /** The reference that was probably meant. */
  readonly meant?: string;
}

/**
 * Splits a string into text and references: `${env:NAME}`, `${env:NAME:-fallback}`, `${file:/path}`. `$${` is the
 * text `${`; every other `$` is text. References do not nest.
 */
export function parseReferences(text: string): readonly Part[] {
  const parts: Part[] = [];
  let literal = "";
  let from = 0;
  for (let at = text.indexOf("${"); at !== -1; at = text.indexOf("${", from)) {
    if (at > from && text[at - 1] === "$") {
      literal += `${text.slice(from, at - 1)}\${`;
      from = at + 2;
      continue;
    }
    literal += text.slice(from, at);
    if (literal !== "") parts.push({ kind: "text", text: literal });
    literal = "";
    const reference = referenceAt(text, at);
    parts.push(reference);
    from = at + reference.raw.length;
  }
  literal += text.slice(from);
  if (literal !== "" || parts.length === 0) parts.push({ kind: "text", text: literal });
  return parts;
}

/** The text that {@link parseReferences} reads as nothing but `text`. */
export function escapeReferences(text: string): string {
  return text.replaceAll("${", "$$${");
}

function referenceAt(text: string, at: number): Exclude<Part, { kind: "text" }> {
  const end = text.indexOf("}", at);
  if (end === -1) {
    const raw = text.slice(at);
    const body = /^[\w:./-]*/.exec(raw.slice(2))?.[0] ?? "";
    return malformed(at, raw, wellFormed(body) ? `\${${body}}` : meantBy(body));
  }
  const raw = text.slice(at, end + 1);
  const body = raw.slice(2, -1);
  const env = /^env:([A-Za-z_]\w*)(?::-(.*))?$/s.exec(body);
  if (body.includes("${")) return malformed(at, raw, undefined);
  if (env?.[1] !== undefined) {
    const fallback = env[2] === undefined ? {} : { fallback: env[2] };
    return { kind: "env", name: env[1], ...fallback, at, raw };
  }
  const path = /^file:(.+)$/s.exec(body)?.[1];
  return path === undefined ? malformed(at, raw, meantBy(body)) : { kind: "file", path, at, raw };
}

function wellFormed(body: string): boolean {
  return /^(env:[A-Za-z_]\w*(:-.*)?|file:.+)$/s.test(body);
}

function malformed(at: number, raw: string, meant: string | undefined): MalformedReference {
  return { kind: "malformed", at, raw, ...(meant === undefined ? {} : { meant }) };
}

function meantBy(body: string): string | undefined {
  const [, scheme, rest = ""] = /^\s*(?:([A-Za-z]+)\s*[:.](?!-)\s*)?(.*?)\s*$/s.exec(body) ?? [];
  if (scheme !== undefined && isSameWord(scheme, "file")) return rest === "" ? undefined : `\${file:${rest}}`;
  if (scheme !== undefined && !isSameWord(scheme, "env")) return undefined;
  if (scheme === undefined && /^(\/|\.\.?\/)/.test(rest)) return `\${file:${rest}}`;
  const [, name, fallback] = /^([A-Za-z_]\w*)(?:\s*:?[-=:?]\s*(.*))?$/s.exec(rest) ?? [];
  if (name === undefined) return undefined;
  return fallback === undefined ? `\${env:${name}}` : `\${env:${name}:-${fallback}}`;
}
