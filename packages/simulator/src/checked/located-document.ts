import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";

import type { Finding, Path } from "./finding.ts";

/** Where something stands in a text; lines and columns from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** How many characters of that line are meant, at least 1. */
  readonly length: number;
}

/** A text that was read, and where each of its values stands. */
export interface LocatedDocument {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** What is wrong with the text itself, with its places; then `value` is undefined. */
  readonly broken: readonly (Finding & { readonly place: Place })[];
  /** The place of a value or its key, or of the nearest value around it. */
  placeOf(path: Path, at: Finding["at"]): Place;
}

/** Reads YAML 1.2 or JSON; never throws. */
export function readDocument(file: string, source: string): LocatedDocument {
  const text = source.replace(/^\uFEFF/, "");
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const placeAt = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(Math.min(start, text.length));
    const [first = ""] = text.slice(start, end).split(/\r?\n/, 1);
    return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, first.length) };
  };
  const broken = [...parsed.errors, ...parsed.warnings].map((error) => ({
    code: "SYNTAX" as const,
    path: [],
    at: "value" as const,
    message:
      error.code === "MULTIPLE_DOCS"
        ? "there is more than one document: remove the line ---, and what does not belong here"
        : error.message.replace(/\.$/, ""),
    place: placeAt(error.pos[0], error.pos[1]),
  }));
  const failure = broken.length > 0 ? undefined : plain(parsed);
  return {
    file,
    text,
    value: failure?.value,
    broken: failure?.message === undefined ? broken : [syntax(failure.message, placeAt(0, 1))],
    placeOf(path, at) {
      const [start, end] = rangeOf(parsed, path, at);
      return placeAt(start, end);
    },
  };
}

function syntax(message: string, place: Place) {
  return { code: "SYNTAX" as const, path: [], at: "value" as const, message, place };
}

/** The data, or why there is none: aliases that multiply each other. */
function plain(parsed: Document): { readonly value?: unknown; readonly message?: string } {
  try {
    return { value: parsed.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return { message: (error as Error).message };
  }
}

function rangeOf(parsed: Document, path: Path, at: Finding["at"]): readonly [number, number] {
  const parent = path.length === 0 ? undefined : parsed.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined;
  const value = path.length === 0 ? parsed.contents : parsed.getIn(path, true);
  const node = at === "key" || !isNode(value) ? (pair?.key ?? value) : value;
  const range = (isNode(node) ? (node as Node) : undefined)?.range;
  if (range) return [range[0], range[1]];
  return path.length === 0 ? [0, 1] : rangeOf(parsed, path.slice(0, -1), at);
}
