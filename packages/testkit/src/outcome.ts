/** What came of one call of a sink, read as the agent reads it: by `code` alone, anything unknown means `retry`. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry" | "reject" | "misconfigured" | "partial"; readonly error: unknown };

const kinds: Readonly<Record<string, "reject" | "misconfigured" | "partial">> = {
  FOREWARN_REJECT: "reject",
  FOREWARN_MISCONFIGURED: "misconfigured",
  FOREWARN_PARTIAL_DELIVERY: "partial",
};

/** What a sink meant by what it threw. */
export function outcomeOf(error: unknown): Outcome {
  return { kind: kinds[String(fieldOf(error, "code"))] ?? "retry", error };
}

/** A field of anything, or undefined. */
export function fieldOf(value: unknown, name: string): unknown {
  return (Object(value) as Readonly<Record<string, unknown>>)[name];
}

/** An outcome in words: `RejectError: refused with 400`. */
export function inWords(outcome: Outcome): string {
  if (outcome.kind === "delivered") return "it resolved";
  const { error } = outcome;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `it threw ${said} (which means ${outcome.kind})`;
}
