import { canonical, type Part } from "./machine.ts";

/** Fields of which Azure's own documents differ in case. */
const caseless: ReadonlySet<string> = new Set(["azEnvironment", "evictionPolicy", "osType", "priority"]);

/**
 * Whether two parts that are not both maps say the same at a path: ARM ids and the fields that Azure spells in several
 * ways in any case, lists in any order, all else as it is. Tags are always compared as they are.
 */
export function isSame(a: Part | undefined, b: Part | undefined, path: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (typeof a === "string" && typeof b === "string")
    return a === b || (isCaseless(a, path) && a.toLowerCase() === b.toLowerCase());
  if (Array.isArray(a) && Array.isArray(b)) return sorted(a) === sorted(b);
  return canonical(a) === canonical(b);
}

function isCaseless(text: string, path: readonly string[]): boolean {
  if (path.at(-2) === "tags") return false;
  return /^\/subscriptions\//i.test(text) || caseless.has(path.at(-1) ?? "");
}

function sorted(list: readonly Part[]): string {
  return list.map(canonical).toSorted().join();
}
