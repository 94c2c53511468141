import type { JsonSchema } from "../schema/schema-error.ts";

const words: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
  null: "empty",
};

/** The types of a JSON Schema in words: `text`, `a whole number`. */
export function wordsOf(types: unknown): readonly string[] {
  return (Array.isArray(types) ? types : [types]).map((type) => words[String(type)] ?? String(type));
}

/** What the branches of a union ask for, in words. */
export function branchWords(schema: JsonSchema | undefined): readonly string[] {
  const branches = schema?.anyOf ?? schema?.oneOf ?? [];
  return [...new Set(branches.flatMap((branch) => wordsOf(branch.type ?? "another value")))];
}

/** What a value is, in words. */
export function wordOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  return words[typeof value] ?? "a map";
}
