/** A JSON Schema as data. */
export type Json = Readonly<Record<string, unknown>>;

/** The schema of what stands before substitution: a text that holds at least one `${…}`. */
const reference = { type: "string", pattern: "\\$\\{(env|file):" };

/** Keywords that annotate, and so stay outside where a schema becomes a choice. */
const annotations = ["description", "default", "title", "examples"] as const;

/** Keywords of drafts after draft-07 that it has no word for. */
const unknownToDraft07: ReadonlySet<string> = new Set([
  "unevaluatedProperties",
  "unevaluatedItems",
  "secret",
]);

/**
 * Rewrites a schema of values into one of what people write in a file, in draft-07, which editors understand: any text,
 * number, choice or truth may be a reference, what has a default may be left out, defaults are told in descriptions (an
 * editor shows nothing else), and keys that nothing declares are refused, as the loader refuses them. Recursive schemas
 * go to `definitions`, by their names after `prefix`.
 */
export function editorSchema(schema: Json, definitions: Record<string, Json>, prefix = ""): Json {
  const place = (name: string) => `${prefix}${name}`;

  function rewrite(given: Json, inUnion = false): Json {
    for (const [name, definition] of entriesOf(given["$defs"])) {
      definitions[place(name)] ??= {};
      definitions[place(name)] = rewrite(definition);
    }
    if (typeof given["$ref"] === "string") {
      return { $ref: `#/definitions/${encodeURIComponent(place(given["$ref"]).replaceAll("/", "~1"))}` };
    }
    const rewritten = Object.fromEntries(
      Object.entries(given).flatMap(([keyword, value]) => rewriteKeyword(keyword, value)),
    );
    return loosened(described(closed(rewritten, inUnion), given["secret"] === true));
  }

  function rewriteKeyword(keyword: string, value: unknown): readonly (readonly [string, unknown])[] {
    if (unknownToDraft07.has(keyword)) return [];
    switch (keyword) {
      case "$defs":
      case "$id":
      case "$schema":
        return [];
      case "properties":
      case "patternProperties":
        return [[keyword, mapValues(value, (each) => rewrite(each))]];
      case "anyOf":
      case "oneOf":
      case "allOf":
        return [[keyword, (value as readonly Json[]).map((each) => rewrite(each, true))]];
      case "prefixItems":
        return [["items", (value as readonly Json[]).map((each) => rewrite(each))]];
      case "dependentRequired":
        return [["dependencies", value]];
      case "items":
      case "additionalProperties":
      case "not":
        return [[keyword, isSchema(value) ? rewrite(value) : value]];
      case "if":
      case "then":
      case "else":
        return [[keyword, isSchema(value) ? rewrite(value, true) : value]];
      default:
        return [[keyword, value]];
    }
  }

  return rewrite(schema);
}

/** A map without keys that nothing declares, but in a union, where each branch says by itself what it allows. */
function closed(schema: Json, inUnion: boolean): Json {
  const { properties, required, ...rest } = schema;
  if (properties === undefined) return schema;
  const names = (required as readonly string[] | undefined)?.filter(
    (name) => (properties as Readonly<Record<string, Json>>)[name]?.["default"] === undefined,
  );
  const isOpen =
    inUnion ||
    ["additionalProperties", "patternProperties", "anyOf", "oneOf", "allOf"].some((key) => key in rest);
  return {
    ...rest,
    ...(isOpen ? {} : { additionalProperties: false }),
    properties,
    ...(names === undefined || names.length === 0 ? {} : { required: names }),
  };
}

function described(schema: Json, isSecret: boolean): Json {
  const { description, default: fallback } = schema;
  const isTold =
    fallback === undefined || (typeof fallback === "object" && Object.keys(fallback ?? {}).length === 0);
  const sentences = [
    ...(typeof description === "string" ? [description] : []),
    ...(isTold
      ? []
      : [`Default: \`${typeof fallback === "string" ? fallback : JSON.stringify(fallback)}\`.`]),
    ...(isSecret ? ["A secret: give it by reference, `${env:NAME}` or `${file:/path}`."] : []),
  ];
  return {
    ...schema,
    ...(sentences.length === 0 ? {} : { description: sentences.join(" ") }),
    ...(isSecret ? { writeOnly: true } : {}),
  };
}

const scalars: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean"]);

/** The same, or a reference to it. */
function loosened(schema: Json): Json {
  const { type } = schema;
  const isChoice = "enum" in schema || "const" in schema;
  const isPlainText = type === "string" && !["pattern", "format", "maxLength"].some((key) => key in schema);
  if (!isChoice && (!scalars.has(type) || isPlainText)) return schema;
  const outside = Object.fromEntries(
    annotations.flatMap((key) => (key in schema ? [[key, schema[key]]] : [])),
  );
  const inside = Object.fromEntries(Object.entries(schema).filter(([key]) => !(key in outside)));
  return { ...outside, anyOf: [inside, reference] };
}

function mapValues(value: unknown, change: (schema: Json) => Json): Json {
  return Object.fromEntries(entriesOf(value).map(([key, each]) => [key, change(each)]));
}

function entriesOf(value: unknown): readonly (readonly [string, Json])[] {
  return Object.entries((value ?? {}) as Readonly<Record<string, Json>>);
}

function isSchema(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
