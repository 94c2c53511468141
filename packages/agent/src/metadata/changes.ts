import type { InstanceChange } from "@forewarn/sdk";
import { isMap, type Machine, partOf } from "./machine.ts";
import { isSame } from "./sameness.ts";

/** What is different between two machines without anything empty, ordered by path; none where they say the same. */
export function changesBetween(before: Machine, after: Machine): readonly InstanceChange[] {
  return changesAt(before, after, []).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function changesAt(before: Machine, after: Machine, at: readonly string[]): readonly InstanceChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [from, to] = [partOf(before, name), partOf(after, name)];
    const path = [...at, name];
    if (isMap(from) && isMap(to)) return changesAt(from, to, path);
    return isSame(from, to, path) ? [] : [{ path: pointerOf(path), from: from ?? null, to: to ?? null }];
  });
}

/** RFC 6901. */
function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
