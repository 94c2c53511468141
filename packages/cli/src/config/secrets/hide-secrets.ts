import { createRedactor } from "@forewarn/agent";
import type { CheckedSink } from "../check/check-sinks.ts";
import type { Draft } from "../document/draft.ts";
import { childOf, valueAt } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import { secretsOf } from "./secrets.ts";

/** What sinks themselves say of their options, without the secrets among these: the author may have forgotten. */
export function hiddenFindings(
  { name, findings }: CheckedSink,
  { value, substitutions }: Draft,
  knowledge: Knowledge,
): readonly PlacedFinding[] {
  if (findings.length === 0) return [];
  const parent = childOf(childOf("/sinks", name), "options");
  const redact = createRedactor(secretsOf(valueAt(value, parent), parent, knowledge, substitutions));
  return findings.map((finding) => ({
    ...finding,
    message: redact(finding.message),
    ...(finding.suggestion === undefined ? {} : { suggestion: redact(finding.suggestion) }),
  }));
}
