/** A JSON Pointer (RFC 6901): `` is the whole document, `/sinks/ops/type` a value in it. */
export type Pointer = string;

/** The pointer of `key` (a map's key or a list's index) inside the value at `parent`. */
export function childOf(parent: Pointer, key: string | number): Pointer {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The keys that lead to a pointer's value, unescaped: `[]` for the whole document. */
export function segmentsOf(pointer: Pointer): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The pointer of the value that holds this one; the whole document holds itself. */
export function parentOf(pointer: Pointer): Pointer {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}

/** Whether `pointer` is `ancestor` or lies inside it. */
export function isWithin(pointer: Pointer, ancestor: Pointer): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

/** Whether a key is a word; anything else may be a value that lost its place, and is not repeated in messages. */
export function isWord(key: string): boolean {
  return /^[\w$.-]{1,63}$/.test(key);
}

/** A pointer as people write it: `sinks.ops.options.headers[0]`; `the file` for the whole document. */
export function readable(pointer: Pointer): string {
  const text = segmentsOf(pointer)
    .map((segment) => {
      if (/^\d+$/.test(segment)) return `[${segment}]`;
      if (!isWord(segment)) return "[…]";
      return segment.includes(".") ? `["${segment}"]` : `.${segment}`;
    })
    .join("");
  return text === "" ? "the file" : text.replace(/^\./, "");
}

/** A map of a parsed document; lists are not maps. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a pointer, or undefined where nothing stands there. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  let value = root;
  for (const segment of segmentsOf(pointer)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[segment];
  }
  return value;
}

/** A deep copy of `root` with the values at some pointers replaced; a pointer to nothing is passed over. */
export function withValuesAt(root: unknown, replacements: ReadonlyMap<Pointer, unknown>): unknown {
  const copy = structuredClone(root);
  for (const [pointer, value] of replacements) {
    if (pointer === "") return value;
    const holder = valueAt(copy, parentOf(pointer));
    const key = segmentsOf(pointer).at(-1) ?? "";
    if (typeof holder === "object" && holder !== null && Object.hasOwn(holder, key)) {
      Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }
  return copy;
}
