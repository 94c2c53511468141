import { eventDeclarations, eventSchema, nearest } from "@forewarn/sdk";
import type { Draft } from "../document/draft.ts";
import { childOf, isMap, type Pointer, valueAt } from "../pointer.ts";
import type { PlacedWarning } from "../problems/warning.ts";
import type { JsonSchema } from "../schema/schema-error.ts";

/** The attributes that events may have, by the schemas of all of them. */
const known: ReadonlySet<string> = new Set(
  eventDeclarations
    .flatMap((declaration) => Object.keys((eventSchema(declaration) as JsonSchema).properties ?? {}))
    .filter((name) => name !== "data"),
);

const comparing: ReadonlySet<string> = new Set(["exact", "prefix", "suffix"]);

/** Attributes in the filters of valid sinks that no event has. */
export function filterWarnings({ value }: Draft): readonly PlacedWarning[] {
  const sinks = valueAt(value, "/sinks");
  return Object.keys(isMap(sinks) ? sinks : {}).flatMap((name) => {
    const path = `${childOf("/sinks", name)}/when/filters`;
    return warningsIn(valueAt(value, path), path);
  });
}

function warningsIn(filter: unknown, path: Pointer): readonly PlacedWarning[] {
  if (Array.isArray(filter)) return filter.flatMap((each, index) => warningsIn(each, childOf(path, index)));
  if (!isMap(filter)) return [];
  return Object.entries(filter).flatMap(([dialect, inner]) => {
    const inside = childOf(path, dialect);
    if (!comparing.has(dialect)) return warningsIn(inner, inside);
    return Object.keys(isMap(inner) ? inner : {}).flatMap((name) =>
      known.has(name) ? [] : [unknown(name, childOf(inside, name))],
    );
  });
}

function unknown(name: string, path: Pointer): PlacedWarning {
  const near = nearest(name, [...known]);
  return {
    code: "CONFIG_UNKNOWN_ATTRIBUTE",
    path,
    at: "key",
    message: `no event has the attribute ${name}, so this never matches`,
    suggestion: near === undefined ? `there are ${[...known].join(", ")}` : `did you mean ${near}?`,
  };
}
