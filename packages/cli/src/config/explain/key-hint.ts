import { isSameWord, nearest } from "@forewarn/sdk";
import { childOf, parentOf, type Pointer, segmentsOf } from "../pointer.ts";
import type { Knowledge } from "../schema/knowledge.ts";

/** What to do about a key that nothing understands. */
export interface Hint {
  readonly suggestion: string;
  /** Where the key was probably meant to stand, by its right name. */
  readonly meant?: Pointer;
}

/**
 * What was probably meant by `key` in the map at `parent`: the same word in another spelling here, one level down,
 * one level up or beside it; then a similar word here or one level down; then the same word anywhere.
 */
export function hintFor(parent: Pointer, key: string, knowledge: Knowledge): Hint {
  const own = knowledge.keysAt(parent);
  const beside = knowledge.keysAt(parentOf(parent));
  const same = (keys: readonly string[]) => keys.find((candidate) => isSameWord(candidate, key));
  const exact = same(own);
  if (exact !== undefined) return didYouMean(parent, exact);
  for (const child of own) {
    const inside = same(knowledge.keysAt(childOf(parent, child)));
    if (inside !== undefined) return inSection(childOf(parent, child), inside);
  }
  const above = parent === "" ? undefined : same(beside);
  if (above !== undefined) {
    return {
      suggestion: `${JSON.stringify(above)} belongs one level up, beside "${segmentsOf(parent).at(-1)}"`,
      meant: childOf(parentOf(parent), above),
    };
  }
  for (const sibling of parent === "" ? [] : beside) {
    const section = childOf(parentOf(parent), sibling);
    const aside = section === parent ? undefined : same(knowledge.keysAt(section));
    if (aside !== undefined) {
      const place = `inside "${sibling}", which stands beside "${segmentsOf(parent).at(-1)}"`;
      return { suggestion: `${JSON.stringify(aside)} belongs ${place}`, meant: childOf(section, aside) };
    }
  }
  const near = nearest(key, own);
  if (near !== undefined) return didYouMean(parent, near);
  for (const child of own) {
    const inside = nearest(key, knowledge.keysAt(childOf(parent, child)));
    if (inside !== undefined) return inSection(childOf(parent, child), inside);
  }
  for (const section of knowledge.keysAt("")) {
    const elsewhere = same(knowledge.keysAt(childOf("", section)));
    if (elsewhere !== undefined)
      return { suggestion: `${JSON.stringify(elsewhere)} belongs to "${section}", at the top of the file` };
  }
  return { suggestion: listOf(parent, own, knowledge) };
}

function didYouMean(parent: Pointer, key: string): Hint {
  return { suggestion: `did you mean ${JSON.stringify(key)}?`, meant: childOf(parent, key) };
}

function inSection(section: Pointer, key: string): Hint {
  const name = JSON.stringify(segmentsOf(section).at(-1));
  return {
    suggestion: `${JSON.stringify(key)} belongs one level down, inside ${name}`,
    meant: childOf(section, key),
  };
}

function listOf(parent: Pointer, own: readonly string[], knowledge: Knowledge): string {
  const keys = own.length === 0 ? "no keys are known here" : `known here: ${own.join(", ")}`;
  const isSink = segmentsOf(parent).length === 2 && parent.startsWith("/sinks/");
  const options = knowledge.keysAt(childOf(parent, "options"));
  if (!isSink) return keys;
  return options.length === 0
    ? `${keys}; what the sink itself understands goes inside "options"`
    : `${keys}; inside "options": ${options.join(", ")}`;
}
