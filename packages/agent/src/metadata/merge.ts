import { isMap, type Machine, type Part, partOf } from "./machine.ts";
import { isWholeList } from "./natural-keys.ts";
import { isSame } from "./sameness.ts";

/**
 * What is known after a document: what it says, and what was known of the fields that it does not mention, since which
 * fields IMDS sends depends on its api-version, and what has none it sends as "". Lists are said in whole. What says the
 * same in other words, as an ARM id in another case, stays as it was.
 */
export function merged(before: Machine, now: Machine, at: readonly string[] = []): Machine {
  const unmentioned = isWholeList(at.at(-1) ?? "")
    ? []
    : Object.entries(before).filter(([name]) => !Object.hasOwn(now, name));
  const said = Object.entries(now).map(([name, part]): [string, Part] => {
    const known = partOf(before, name);
    const path = [...at, name];
    if (isMap(known) && isMap(part)) return [name, merged(known, part, path)];
    return [name, known !== undefined && isSame(known, part, path) ? known : part];
  });
  return Object.fromEntries([...unmentioned, ...said]);
}
