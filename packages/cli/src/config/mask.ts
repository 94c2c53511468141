import { hideCredentials } from "./credentials.ts";
import type { ConfigDocument } from "./document.ts";
import type { Knowledge } from "./knowledge.ts";

/** The lines of a configuration file as they may be shown: no secret in them, each character in its old column. */
export interface Excerpt {
  readonly file: string;
  readonly lines: readonly string[];
}

const shown = /(?<!\$)\$\{(?:env:[A-Za-z_]\w*|file:[^}"'\r\n]+?)(?=\}|:-)/g;
const misspelled = /^["']?\$\{[A-Z_][A-Z0-9_]*\}["']?$/;

/** Hides every value that is secret, or of which nothing is known; references stay, without their fallbacks. */
export function maskedExcerpt(document: ConfigDocument, knowledge: Knowledge): Excerpt {
  const characters = document.text.split("");
  const write = (start: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) characters[start + index] = text[index] ?? "*";
  };
  for (const [pointer, { value, scalar }] of document.places) {
    if (knowledge.isSecret(pointer)) {
      const end = document.readable ? value.end : lineEnd(document.text, value.end);
      // The whole value: a secret may have become a map by mistake, and its text a key.
      write(value.start, mask(document.text.slice(value.start, end)));
    } else if (scalar === true) {
      write(value.start, hideCredentials(document.text.slice(value.start, value.end)));
    }
  }
  return { file: document.file, lines: characters.join("").split(/\r?\n/) };
}

/** What a quote left open, or a token too many, may have put behind the value. */
function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function mask(source: string): string {
  if (misspelled.test(source) || source === "") return source;
  const masked = source.replaceAll(/[^\r\n]/g, "*").split("");
  for (const match of source.matchAll(shown)) {
    const reference = match[0];
    for (let index = 0; index < reference.length; index += 1) {
      masked[match.index + index] = reference[index] ?? "*";
    }
    const close = source.indexOf("}", match.index);
    if (close !== -1) masked[close] = "}";
  }
  for (const edge of [0, source.length - 1]) {
    const character = source[edge];
    if (character === '"' || character === "'") masked[edge] = character;
  }
  return masked.join("");
}
