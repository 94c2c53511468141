import type { ApprovalPolicy } from "@forewarn/agent";
import { nearest } from "@forewarn/sdk";
import type { Draft } from "../document/draft.ts";
import { isMap, readable, valueAt } from "../pointer.ts";
import { orList } from "../problems/or-list.ts";
import type { PlacedFinding } from "../problems/problem.ts";
import type { Config } from "../schema/schema.ts";

const path = "/approve";

/** The policy of a valid `approve`; null: never. */
export function policyOf(approve: Config["approve"]): ApprovalPolicy | null {
  if (approve === "never") return null;
  if (approve === "user") return { eventSource: "User" };
  return approve;
}

/** What of `approve` a schema cannot tell: sinks that do not exist, and a policy that lets everything start at once. */
export function approveFindings({ value }: Draft): readonly PlacedFinding[] {
  const approve = valueAt(value, path);
  if (!isMap(approve)) return [];
  const { after, eventSource } = approve;
  if (after === undefined && eventSource === undefined) {
    return [
      {
        code: "CONFIG_MISSING_KEY",
        path,
        at: "key",
        message: 'approve needs "after" or "eventSource": without them every event would start at once',
        suggestion: "after: [NAME OF A SINK], or eventSource: User",
      },
    ];
  }
  const sinks = valueAt(value, "/sinks");
  if (!Array.isArray(after) || !isMap(sinks)) return [];
  return after.flatMap((name: unknown, index) =>
    typeof name === "string" && !Object.hasOwn(sinks, name)
      ? [unknownSink(`${path}/after/${index}`, name, Object.keys(sinks))]
      : [],
  );
}

function unknownSink(at: string, name: string, sinks: readonly string[]): PlacedFinding {
  const near = nearest(name, sinks);
  return {
    code: "CONFIG_BAD_CHOICE",
    path: at,
    at: "value",
    message: `${readable(at)} names a sink that does not exist: ${JSON.stringify(name)}`,
    suggestion: near === undefined ? `the sinks are ${orList(sinks)}` : `did you mean ${near}?`,
  };
}
