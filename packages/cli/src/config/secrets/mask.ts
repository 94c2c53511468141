import type { ConfigDocument } from "../document/document.ts";
import type { Range } from "../document/range.ts";
import { isWord, type Pointer, segmentsOf, valueAt } from "../pointer.ts";
import type { Excerpt } from "../problems/render.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import { hideCredentials } from "./credentials.ts";
import { hideTelltales, reference, telltalesIn } from "./telltale.ts";

const onlyMisspelled = /^["']?\$\{[A-Z_][A-Z0-9_]*\}["']?$/;
/** A key at the beginning of a line or of a list's entry, or in a map in braces. */
const keyInText = /(?:^[ \t]*(?:- +)*|[{,][ \t]*)["']?[A-Za-z][\w-]{0,39}["']?(?=[ \t]*:(?:\s|$))/gm;

/**
 * Hides all that is not known to be harmless. Shown are keys, punctuation, references without their fallbacks, and
 * values on one line whose schema is known and no `Secret`, without what can be recognized as a secret all the same;
 * comments are hidden.
 * Where the text is no YAML, nobody knows what is a value of what: then only keys, punctuation and references.
 */
export function maskedExcerpt(document: ConfigDocument, knowledge: Knowledge): Excerpt {
  const { text } = document;
  const shown = text.replaceAll(/[^\s{}[\],:"'#!&*|>@%`?-]/g, "*").split("");
  const clean = hideTelltales(text);
  const show = (start: number, part: string) => {
    for (let index = 0; index < part.length; index += 1)
      shown[start + index] = clean[start + index] === "*" ? "*" : (part[index] ?? "*");
  };
  if (document.readable) {
    for (const [range, part] of harmless(document, knowledge)) show(range.start, part);
  } else {
    for (const match of text.matchAll(keyInText)) show(match.index, match[0]);
    for (const match of text.matchAll(reference)) show(match.index, match[0]);
  }
  return { file: document.file, lines: shown.join("").split(/\r?\n/) };
}

/** What may be shown of a document that was understood; a later part lies over an earlier one. */
function* harmless(document: ConfigDocument, knowledge: Knowledge): Generator<readonly [Range, string]> {
  const textOf = ({ start, end }: Range) => document.text.slice(start, end);
  for (const [pointer, { key, value, scalar }] of document.places) {
    if (key !== undefined && isKeyShown(pointer)) yield [key, textOf(key)];
    if (scalar === true && knowledge.isShown(pointer) && isOneLine(textOf(value))) {
      // Escapes may spell a secret that only its value shows.
      const isPlain = telltalesIn(textOf(value)).length > 0;
      const isSpelt = !isPlain && telltalesIn(String(valueAt(document.value, pointer))).length > 0;
      yield [value, isSpelt ? mask(textOf(value)) : hideCredentials(textOf(value))];
    }
  }
  for (const [pointer, { value, scalar }] of document.places) {
    // All of it: a secret may have become a map by mistake, and its text a key.
    if (knowledge.isSecret(pointer)) yield [value, mask(textOf(value))];
    else if (scalar === true && !knowledge.isShown(pointer)) yield [value, mask(textOf(value))];
  }
}

/** A sink may have been named in several words. */
function isKeyShown(pointer: Pointer): boolean {
  const segments = segmentsOf(pointer);
  const key = segments.at(-1) ?? "";
  return isWord(segments.length === 2 && segments[0] === "sinks" ? key.replaceAll(" ", "-") : key);
}

/** Whether a value ends on the line where it begins: what follows may have been meant as something else. */
export function isOneLine(source: string): boolean {
  return !/[\r\n]/.test(source);
}

function mask(source: string): string {
  if (onlyMisspelled.test(source)) return source;
  const masked = source.replaceAll(/[^\r\n]/g, "*").split("");
  for (const match of source.matchAll(reference)) {
    for (let index = 0; index < match[0].length; index += 1) {
      masked[match.index + index] = match[0][index] ?? "*";
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
