import type { Refuse, TemplatePlace } from "./template-error.ts";

/** A piece of a template: literal text, or what stands between `{{` and `}}`. */
export type TemplatePart = string | Hole;

/** A value to be written, and the filters it passes through. */
export interface Hole {
  readonly value: Path | Quoted;
  readonly filters: readonly FilterCall[];
}

/** A path into the event, such as `data.vm.tags.team`, one key or index per step; none for `.`, the event itself. */
export interface Path {
  readonly steps: readonly string[];
  /** Where each step stands. */
  readonly places: readonly TemplatePlace[];
}

/** A text of the template's author, such as `"{{"`. */
export interface Quoted {
  readonly text: string;
}

/** A filter as it is written: `name` or `name: "argument"`. */
export interface FilterCall {
  readonly name: string;
  readonly argument?: string;
  readonly place: TemplatePlace;
  readonly argumentPlace: TemplatePlace;
}

const spaces = /\s*/y;
const whole = /\.(?=[\s|}])/y;
const word = /[^\s.[\]|{}"':]+/y;
const howToBegin = 'begin with a path such as data.eventType, or with a text in quotes such as "{{"';

/** Cuts a template into its parts, in time linear in its length. */
export function parseTemplate(source: string, refuse: Refuse): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (let open = source.indexOf("{{"); open !== -1; open = source.indexOf("{{", at)) {
    if (open > at) parts.push(source.slice(at, open));
    const { hole, end } = parseHole(source, open, refuse);
    parts.push(hole);
    at = end;
  }
  if (at < source.length) parts.push(source.slice(at));
  return parts;
}

interface Cursor {
  readonly source: string;
  readonly open: number;
  at: number;
  readonly refuse: Refuse;
}

function parseHole(source: string, open: number, refuse: Refuse): { hole: Hole; end: number } {
  const cursor: Cursor = { source, open, at: open + 2, refuse };
  take(cursor, spaces);
  const value = isQuote(cursor) ? { text: quoted(cursor) } : path(cursor);
  const filters: FilterCall[] = [];
  for (;;) {
    take(cursor, spaces);
    if (source.startsWith("}}", cursor.at)) return { hole: { value, filters }, end: cursor.at + 2 };
    if (source[cursor.at] !== "|") return unexpected(cursor);
    cursor.at += 1;
    filters.push(filter(cursor));
  }
}

function path(cursor: Cursor): Path {
  if (take(cursor, whole) !== "") return { steps: [], places: [] };
  const steps: string[] = [];
  const places: TemplatePlace[] = [];
  const push = (from: number, step: string) => {
    steps.push(step);
    places.push({ open: cursor.open, from, to: cursor.at });
  };
  const first = cursor.at;
  push(first, take(cursor, word) || unexpected(cursor, howToBegin));
  for (;;) {
    const from = cursor.at;
    const mark = cursor.source[from];
    if (mark !== "." && mark !== "[") return { steps, places };
    cursor.at += 1;
    if (mark === ".") push(from + 1, take(cursor, word) || unexpected(cursor, "write a name after the dot"));
    else push(from, bracketed(cursor));
  }
}

function bracketed(cursor: Cursor): string {
  take(cursor, spaces);
  const step = isQuote(cursor) ? quoted(cursor) : take(cursor, /\d+/y);
  if (step === "") return unexpected(cursor, 'write ["a name"] or [0]');
  take(cursor, spaces);
  if (cursor.source[cursor.at] !== "]") return unexpected(cursor, 'write ["a name"] or [0]');
  cursor.at += 1;
  return step;
}

function filter(cursor: Cursor): FilterCall {
  take(cursor, spaces);
  const from = cursor.at;
  const name = take(cursor, word) || unexpected(cursor, "write a filter after |, such as upper");
  const place = { open: cursor.open, from, to: cursor.at };
  take(cursor, spaces);
  if (cursor.source[cursor.at] !== ":") return { name, place, argumentPlace: place };
  cursor.at += 1;
  take(cursor, spaces);
  const start = cursor.at;
  if (!isQuote(cursor)) return unexpected(cursor, `write its argument in quotes, as in ${name}: "text"`);
  const argument = quoted(cursor);
  return { name, argument, place, argumentPlace: { open: cursor.open, from: start, to: cursor.at } };
}

/** A text in double or single quotes; a backslash takes the next character as it is. */
function quoted(cursor: Cursor): string {
  const { source } = cursor;
  const start = cursor.at;
  const quote = source[start];
  let text = "";
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === quote) {
      cursor.at = at + 1;
      return text;
    }
    if (source[at] === "\\") at += 1;
    text += source[at] ?? "";
  }
  const place = { open: cursor.open, from: start, to: start + 1 };
  return cursor.refuse("a text that never ends", place, `close it with ${quote}`);
}

function isQuote({ source, at }: Cursor): boolean {
  return source[at] === '"' || source[at] === "'";
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const [text = ""] = pattern.exec(cursor.source) ?? [];
  cursor.at += text.length;
  return text;
}

function unexpected(cursor: Cursor, instead = "close the expression with }}"): never {
  const { source, open, at } = cursor;
  const place = { open, from: at, to: at + 1 };
  if (at < source.length) return cursor.refuse(`unexpected ${JSON.stringify(source[at])}`, place, instead);
  return cursor.refuse(
    "an expression that never ends",
    { ...place, from: open, to: open + 2 },
    'close it with }}, or write {{ "{{" }} where two braces are meant',
  );
}
