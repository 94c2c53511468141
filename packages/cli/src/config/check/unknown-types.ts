import { eventDeclarations, matchesAny, nearest } from "@forewarn/sdk";
import { documentedNoticeMs } from "../../documented-notice.ts";
import type { Draft } from "../document/draft.ts";
import { childOf, isMap, type Pointer, valueAt } from "../pointer.ts";
import { orList } from "../problems/or-list.ts";
import type { PlacedWarning } from "../problems/warning.ts";

const ownTypes = eventDeclarations.map(({ type }) => type);
const azureTypes = Object.keys(documentedNoticeMs);

/** Types that no event has, where a valid configuration chooses events: they silence a sink, or an approval. */
export function typeWarnings({ value }: Draft): readonly PlacedWarning[] {
  const sinks = valueAt(value, "/sinks");
  const wishes = Object.keys(isMap(sinks) ? sinks : {}).map((name) => `${childOf("/sinks", name)}/when`);
  return [
    ...wishes.flatMap((when) => missing(value, `${when}/types`, ownTypes)),
    ...[...wishes, "/approve"].flatMap((place) => missing(value, `${place}/eventTypes`, azureTypes)),
  ];
}

function missing(value: unknown, path: Pointer, known: readonly string[]): readonly PlacedWarning[] {
  const names = valueAt(value, path);
  if (!Array.isArray(names)) return [];
  return names.flatMap((name: unknown, index) =>
    typeof name !== "string" || known.some(matchesAny([name]))
      ? []
      : [unknown(name, childOf(path, String(index)), known)],
  );
}

function unknown(name: string, path: Pointer, known: readonly string[]): PlacedWarning {
  const prefixed = `io.forewarn.${name}`;
  const near = known.some(matchesAny([prefixed])) ? prefixed : nearest(name, known);
  return {
    code: "CONFIG_UNKNOWN_TYPE",
    path,
    at: "value",
    message: `no event that is known has the type ${JSON.stringify(name)}`,
    suggestion: near === undefined ? `there are ${orList(known)}` : `did you mean ${near}?`,
  };
}
