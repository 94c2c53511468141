import { childOf, isMap, type Pointer } from "../pointer.ts";
import type { JsonSchema, SchemaError } from "../schema/schema-error.ts";

/**
 * The keys that a sink's options do not declare. A schema that says nothing of additional properties allows them in
 * JSON Schema; here it does not, or a misspelled option would be ignored in silence. Unions are left to ajv.
 */
export function undeclaredKeys(schema: JsonSchema, value: unknown, pointer: Pointer): readonly SchemaError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (typeof items !== "object") return [];
    return value.flatMap((item, index) => undeclaredKeys(items, item, childOf(pointer, index)));
  }
  if (!isMap(value) || schema.properties === undefined) return [];
  const { properties } = schema;
  const isOpen =
    schema.additionalProperties !== undefined ||
    [schema.patternProperties, schema.anyOf, schema.oneOf, schema.allOf].some((part) => part !== undefined);
  return Object.entries(value).flatMap(([key, child]) => {
    const declared = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (declared !== undefined) return undeclaredKeys(declared, child, childOf(pointer, key));
    return isOpen ? [] : [undeclared(schema, pointer, key)];
  });
}

function undeclared(schema: JsonSchema, instancePath: Pointer, key: string): SchemaError {
  return {
    keyword: "additionalProperties",
    instancePath,
    schemaPath: "#/additionalProperties",
    params: { additionalProperty: key },
    parentSchema: schema,
  };
}
