import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { childOf, parentOf, type Pointer } from "../pointer.ts";
import type { Problem } from "../problems/problem.ts";
import type { Range } from "./range.ts";
import { type Broken, yamlProblems } from "./yaml-problem.ts";

/** Where a value of the document was written. */
export interface Place {
  /** Its key, for a value in a map. */
  readonly key?: Range;
  readonly value: Range;
  /** Set where the value is neither a map nor a list. */
  readonly scalar?: true;
}

/** A parsed configuration file and where each of its values stands. */
export interface ConfigDocument {
  /** The file as messages name it. */
  readonly file: string;
  readonly text: string;
  /** Plain JavaScript data; undefined where the file holds nothing. */
  readonly value: unknown;
  readonly places: ReadonlyMap<Pointer, Place>;
  /** What is wrong with the text itself. */
  readonly problems: readonly Problem[];
  /** False where the text is so broken that `value` should not be judged. */
  readonly readable: boolean;
  /** The line and column (from 1) of a character of `text`. */
  positionOf(offset: number): { readonly line: number; readonly column: number };
}

/** More values than any configuration has: only aliases that multiply each other get there. */
const maxValues = 20_000;

/** Reads YAML 1.2 or JSON; never throws. All keys are strings, and a tag that is not of YAML's core is a problem. */
export function parseConfig(file: string, source: string): ConfigDocument {
  const text = source.replace(/^\uFEFF/, "");
  const lineCounter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const positionOf = (offset: number) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const places = new Map<Pointer, Place>();
  const broken: Broken[] = [];
  const holders = new Set<Node>();

  const read = (node: unknown, pointer: Pointer, key: Range | undefined): unknown => {
    const range = rangeOf(node) ?? key ?? { start: 0, end: 0 };
    const resolved = isAlias(node) ? node.resolve(parsed) : (node as Node | null);
    places.set(pointer, {
      ...(key === undefined ? {} : { key }),
      value: range,
      ...(isMap(resolved) || isSeq(resolved) ? {} : { scalar: true }),
    });
    if (isAlias(node) && resolved === undefined) {
      const message = "there is no anchor of this name before this alias";
      broken.push({ offset: range.start, message, suggestion: "put a text that begins with * in quotes" });
    }
    if (resolved === null || resolved === undefined) return null;
    if (isScalar(resolved)) return resolved.value;
    if (holders.has(resolved)) {
      const message = "this alias stands inside what it stands for";
      broken.push({ offset: range.start, message, suggestion: "write out what is meant here" });
      return null;
    }
    if (places.size > maxValues) {
      const message = `more than ${maxValues} values: aliases multiply each other`;
      const suggestion = `each alias counts as all the values that it stands for: write fewer, so that at most ${maxValues} remain`;
      if (broken.every((found) => found.message !== message))
        broken.push({ offset: range.start, message, suggestion });
      return null;
    }
    holders.add(resolved);
    const value = isSeq(resolved)
      ? resolved.items.map((item, index) => read(item, childOf(pointer, index), undefined))
      : mapOf(resolved, pointer, read);
    holders.delete(resolved);
    return value;
  };

  const value = parsed.contents === null ? undefined : read(parsed.contents, "", undefined);
  const { problems, readable } = yamlProblems({
    file,
    text,
    errors: [...parsed.errors, ...parsed.warnings],
    values: [...places.values()].map((place) => place.value),
    broken,
    positionOf,
  });
  return { file, text, value, places, problems, readable, positionOf };
}

type Read = (node: unknown, pointer: Pointer, key: Range | undefined) => unknown;

function mapOf(node: Node, pointer: Pointer, read: Read): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const pair of isMap(node) ? node.items : []) {
    if (!isPair(pair)) continue;
    const key = isScalar(pair.key) ? String(pair.key.value ?? "") : String(pair.key);
    const value = read(pair.value, childOf(pointer, key), rangeOf(pair.key));
    // Assignment would make `__proto__` a prototype instead of a key.
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return map;
}

function rangeOf(node: unknown): Range | undefined {
  const range = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
}

/** Where the value at a pointer stands; the nearest value around it where that was not written. */
export function placeOf(document: ConfigDocument, pointer: Pointer): Place {
  const place = document.places.get(pointer);
  if (place !== undefined) return place;
  return pointer === "" ? { value: { start: 0, end: 0 } } : placeOf(document, parentOf(pointer));
}
