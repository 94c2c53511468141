import { secretPaths, type TSchema } from "@forewarn/sdk";
import { isUrlWithCredentials } from "./credentials.ts";
import { childOf, type Pointer, valueAt } from "./pointer.ts";
import type { Substitution } from "./substitute.ts";

/**
 * The texts that must never be seen of a sink's options, longest first: every `Secret`, what references inside one
 * stood for, and every URL with a user or password, as well as that password alone.
 */
export function secretsOf(
  options: unknown,
  schema: TSchema,
  parent: Pointer,
  substitutions: ReadonlyMap<Pointer, Substitution>,
): readonly string[] {
  const found = new Set<string>();
  for (const path of secretPaths(schema)) {
    for (const pointer of pointersOf(options, path.split("."))) {
      const value = valueAt(options, pointer);
      if (typeof value === "string") found.add(value);
      for (const part of substitutions.get(`${parent}${pointer}`)?.values ?? []) found.add(part);
    }
  }
  for (const text of textsOf(options)) {
    if (!isUrlWithCredentials(text)) continue;
    const { password } = new URL(text);
    for (const secret of [text, password, decoded(password)]) found.add(secret);
  }
  found.delete("");
  return [...found].sort((a, b) => b.length - a.length);
}

/** The pointers that a path of `secretPaths` means in a value; `*` is every key or index. */
function pointersOf(value: unknown, path: readonly string[]): readonly Pointer[] {
  const [key, ...rest] = path;
  if (key === undefined || path.length === 0) return [""];
  if (key === "") return pointersOf(value, rest);
  if (typeof value !== "object" || value === null) return [];
  const keys = key === "*" ? Object.keys(value) : [key].filter((name) => Object.hasOwn(value, name));
  return keys.flatMap((name) =>
    pointersOf(valueAt(value, childOf("", name)), rest).map((pointer) => `${childOf("", name)}${pointer}`),
  );
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
