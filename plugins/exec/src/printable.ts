import { stripVTControlCharacters } from "node:util";

/**
 * Control characters, line separators, and the marks that turn the direction of what follows: what could forge a line
 * of the log, or hide one.
 */
const harmful = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Foreign bytes of one line as text that a terminal and a log can show: colours gone, tabs as blanks, the rest of what is harmful as U+FFFD. */
export function printable(line: string): string {
  return stripVTControlCharacters(line).replaceAll("\t", " ").replaceAll(harmful, "\uFFFD").toWellFormed();
}

/** Takes secrets out of a text, and says how long the longest is. */
export interface Concealer {
  (text: string): string;
  /** Characters of the longest secret: so much beside a cut may be a part of one. */
  readonly longest: number;
}

/** Shorter texts would hit innocent ones. */
const shortest = 4;

/**
 * Conceals these values, and each line of those that have several. The agent's logger conceals whole values only, and
 * what a command prints is logged line by line, and cut.
 */
export function createConcealer(secrets: readonly string[]): Concealer {
  const pieces = [...new Set(secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]))]
    .filter((piece) => piece.length >= shortest)
    .toSorted((a, b) => b.length - a.length);
  const conceal = (text: string) =>
    pieces.reduce((clean, piece) => clean.replaceAll(piece, () => "[redacted]"), text);
  return Object.assign(conceal, { longest: pieces[0]?.length ?? 0 });
}
