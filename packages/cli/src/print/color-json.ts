import type { Paint } from "../log/color.ts";

/** The parts of JSON text that get a colour: a string, with the colon behind it where it is a name; a word; a number. */
const parts = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** What a terminal could obey although JSON allows it: control characters above ASCII, marks of writing direction, line ends. */
const unruly = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A value as indented JSON, coloured for people; it stays the same JSON, whatever a terminal would make of its texts. */
export function colorJson(value: unknown, paint: Paint): string {
  const text = JSON.stringify(value, null, 2).replaceAll(unruly, escaped);
  return text.replaceAll(parts, (part, string: string | undefined, colon: string | undefined) => {
    if (string === undefined) return paint("yellow", part);
    return colon === undefined ? paint("green", string) : `${paint("cyan", string)}${colon}`;
  });
}

/** A text for a terminal, which then shows control characters (but tab and line feed) and does not obey them. */
export function visible(text: string): string {
  return text
    .replaceAll(/[\p{Cc}]/gu, (character) =>
      character === "\n" || character === "\t" ? character : escaped(character),
    )
    .replaceAll(unruly, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
