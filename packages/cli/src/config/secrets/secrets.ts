import { percentDecoded } from "@forewarn/sdk";
import type { Substitution } from "../document/substitute.ts";
import { childOf, type Pointer } from "../pointer.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import { isUrlWithCredentials } from "./credentials.ts";
import { telltalesIn } from "./telltale.ts";

/**
 * The texts that must never be seen of a sink's options (which stand at `parent`), longest first, none empty: every
 * `Secret` and what references in it stood for, what references stood for in options that no schema describes, every URL
 * with a user or password as well as that password alone, and what can be recognized as a secret wherever it stands.
 */
export function secretsOf(
  options: unknown,
  parent: Pointer,
  knowledge: Knowledge,
  substitutions: ReadonlyMap<Pointer, Substitution>,
): readonly string[] {
  const found = new Set<string>();
  for (const [pointer, text] of textsOf(options, parent)) {
    if (knowledge.isSecret(pointer)) {
      const isDescribed = knowledge.schemasAt(pointer).length > 0;
      if (isDescribed) found.add(text);
      for (const value of substitutions.get(pointer)?.values ?? []) found.add(value);
    }
    for (const secret of telltalesIn(text)) found.add(secret);
    if (!isUrlWithCredentials(text)) continue;
    const { password } = new URL(text);
    for (const secret of [text, password, percentDecoded(password)]) found.add(secret);
  }
  found.delete("");
  return [...found].sort((a, b) => b.length - a.length);
}

function textsOf(value: unknown, pointer: Pointer): readonly (readonly [Pointer, string])[] {
  if (typeof value === "string") return [[pointer, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => textsOf(child, childOf(pointer, key)));
}
