import type { TSchema, TString } from "typebox";
import { Type } from "./type.ts";

export { Type };

interface SecretOptions {
  readonly description?: string;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/**
 * A string option whose value must never be seen: it is redacted in every log, error and dead letter, and a config
 * file should hold only a reference to it (`${env:NAME}`, `${file:/path}`).
 */
export function Secret(options: SecretOptions = {}): TString {
  return Type.String({ ...options, secret: true });
}

/** The part of a TypeBox schema that these functions walk: plain JSON Schema. */
interface JsonSchema {
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The paths of every {@link Secret} in a schema, `*` for any key or index: `["headers.*", "secret"]`, sorted. */
export function secretPaths(schema: TSchema): readonly string[] {
  const found = new Set<string>();
  walk(schema as JsonSchema, [], found);
  return [...found].sort();
}

function walk(schema: JsonSchema, path: readonly string[], found: Set<string>): void {
  if (schema.secret === true) found.add(path.join("."));
  for (const [key, value] of Object.entries(schema.properties ?? {})) walk(value, [...path, key], found);
  const others = [
    schema.additionalProperties,
    schema.items,
    ...Object.values(schema.patternProperties ?? {}),
  ];
  for (const other of others) if (typeof other === "object") walk(other, [...path, "*"], found);
  for (const other of schema.anyOf ?? []) walk(other, path, found);
}

/** The values of every {@link Secret} of these options. */
export function secretValues(schema: TSchema, options: unknown): readonly string[] {
  return secretPaths(schema).flatMap((path) => valuesAt(options, path.split(".")));
}

function valuesAt(value: unknown, [key, ...rest]: readonly string[]): readonly string[] {
  if (key === undefined) return typeof value === "string" ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  const inner = key === "*" ? Object.values(value) : [(value as Readonly<Record<string, unknown>>)[key]];
  return inner.flatMap((one) => valuesAt(one, rest));
}

/** The top-level defaults of an options schema, by name. */
export function defaultsOf(schema: TSchema): Readonly<Record<string, unknown>> {
  const properties = Object.entries((schema as JsonSchema).properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([key, value]) => (value.default === undefined ? [] : [[key, value.default]])),
  );
}
