import { type AnySinkDefinition, errorsOfCheck } from "@forewarn/sdk";
import { childOf, type Pointer } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";

/** What a sink itself says against options (which stand at `parent`) that its schema allows; never throws. */
export function ownFindings(
  { check }: AnySinkDefinition,
  options: unknown,
  parent: Pointer,
): readonly PlacedFinding[] {
  try {
    check?.(options as never);
    return [];
  } catch (error) {
    return errorsOfCheck(error).map((each) => findingOf(each, parent));
  }
}

function findingOf(error: unknown, parent: Pointer): PlacedFinding {
  // The lines below the first show a place that the configuration's own excerpt shows too.
  const [said = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  const [message = "", ...cure] = said.split("; ");
  const [first = "", ...inside] = /^option ([\w.-]+)/.exec(message)?.[1]?.split(".") ?? [];
  return {
    code: "CONFIG_BAD_VALUE",
    message,
    ...(cure.length === 0 ? {} : { suggestion: cure.join("; ") }),
    path: first === "" ? parent : [first, ...inside].reduce<Pointer>(childOf, parent),
    at: "value",
  };
}
