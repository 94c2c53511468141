import type { TSchema } from "@forewarn/sdk";
import { type Pointer, segmentsOf } from "../pointer.ts";
import type { JsonSchema } from "./schema-error.ts";
import { ConfigSchema } from "./schema.ts";

/** What is known of each place of a configuration: the schemas that hold there, a sink's own options included. */
export interface Knowledge {
  /** The schemas of the value at a pointer; several for a union, none where nothing is known. */
  schemasAt(pointer: Pointer): readonly JsonSchema[];
  /** The keys that a map at this pointer may have. */
  keysAt(pointer: Pointer): readonly string[];
  /** Whether a value must never be shown: it is a `Secret`, or nothing is known of it. */
  isSecret(pointer: Pointer): boolean;
  /** Whether a value may be shown: it is no secret, and a text, number or choice is what belongs there. */
  isShown(pointer: Pointer): boolean;
}

/** Joins the schema of the file with the schemas of the options of those sinks (by name) that could be loaded. */
export function createKnowledge(options: ReadonlyMap<string, TSchema>): Knowledge {
  const descend = (pointer: Pointer) => {
    // What refers to itself is known by the name that it was given above.
    const named = new Map<string, JsonSchema>();
    const branchesOf = (schema: JsonSchema) => branchesIn(schema, named);
    let schemas = branchesOf(ConfigSchema as JsonSchema);
    let secret = false;
    const segments = segmentsOf(pointer);
    for (const [index, segment] of segments.entries()) {
      const own = index === 2 && segment === "options" ? options.get(segments[1] ?? "") : undefined;
      schemas =
        segments[0] === "sinks" && own !== undefined
          ? branchesOf(own as JsonSchema)
          : schemas.flatMap((schema) => childrenOf(schema, segment)).flatMap(branchesOf);
      secret ||= schemas.some((schema) => schema.secret === true);
    }
    return { schemas, secret };
  };
  return {
    schemasAt: (pointer) => descend(pointer).schemas,
    keysAt: (pointer) => [
      ...new Set(descend(pointer).schemas.flatMap((schema) => Object.keys(schema.properties ?? {}))),
    ],
    isSecret(pointer) {
      const { schemas, secret } = descend(pointer);
      return secret || schemas.length === 0;
    },
    isShown(pointer) {
      const { schemas, secret } = descend(pointer);
      return !secret && schemas.some(isScalar);
    },
  };
}

const scalars: ReadonlySet<string> = new Set(["string", "number", "integer", "boolean"]);

function isScalar({ type, enum: choices, const: constant }: JsonSchema): boolean {
  const types = typeof type === "string" ? [type] : (type ?? []);
  return choices !== undefined || constant !== undefined || types.some((each) => scalars.has(each));
}

/** A schema and those it is a choice or sum of, or refers to; adds to `named` those that it gives a name. */
function branchesIn(schema: JsonSchema, named: Map<string, JsonSchema>): readonly JsonSchema[] {
  for (const [name, definition] of Object.entries(schema.$defs ?? {})) named.set(name, definition);
  const meant = schema.$ref === undefined ? undefined : named.get(schema.$ref);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...(meant === undefined ? branches : [meant, ...branches])].flatMap((each) =>
    each === schema ? [each] : branchesIn(each, named),
  );
}

function childrenOf(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const property = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
  if (property !== undefined) return [property];
  const patterns = Object.entries(schema.patternProperties ?? {})
    .filter(([pattern]) => new RegExp(pattern, "u").test(key))
    .map(([, child]) => child);
  const item = /^\d+$/.test(key) ? (schema.prefixItems?.[Number(key)] ?? schema.items) : undefined;
  const others = [item, schema.additionalProperties].filter((child) => typeof child === "object");
  return patterns.length > 0 ? patterns : others;
}
