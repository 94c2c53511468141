import { isJsonObject } from "./tolerant-json.ts";

/** A part of a document, declared once: "text" = a string, `[x]` = a list of x, an object = these fields. */
export type Shape = "text" | readonly [Shape] | { readonly [name: string]: Shape };

/** The type of a part that was read by its shape: every field optional, every primitive a string. */
export type Shaped<S> = S extends "text"
  ? string
  : S extends readonly [infer Element]
    ? readonly Shaped<Element>[]
    : { readonly [Name in keyof S]?: Shaped<S[Name]> };

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
};

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);

const fieldsOf = (
  value: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, Shape>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      if (!Object.hasOwn(shape, name)) return [[name, field]];
      const read = readShape(field, shape[name] ?? "text");
      return read === undefined ? [] : [[name, read]];
    }),
  );

/**
 * Reads `value` by a shape so that the type holds whatever was sent: numbers and booleans become strings, a known field
 * of another kind is left out, unknown fields stay as sent; undefined if the value itself is of another kind.
 */
export const readShape = (value: unknown, shape: Shape): unknown => {
  if (shape === "text") return textOf(value);
  if (isList(shape)) {
    if (!Array.isArray(value)) return undefined;
    return value.map((element) => readShape(element, shape[0])).filter((element) => element !== undefined);
  }
  return isJsonObject(value) ? fieldsOf(value, shape) : undefined;
};
