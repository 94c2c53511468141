import { inspect } from "node:util";
import type { Redact } from "../redact.ts";

/** What came of one attempt. */
export type Outcome =
  | { readonly kind: "delivered" }
  | ({ readonly kind: "retry"; readonly retryAfterMs: number } & Failure)
  | ({ readonly kind: "reject" } & Failure)
  | ({ readonly kind: "misconfigured" } & Failure)
  | ({
      readonly kind: "partial";
      /** Indexes of the batch; they may be any number. */
      readonly delivered: ReadonlySet<number>;
      /** The reason of each index. */
      readonly rejected: ReadonlyMap<number, string>;
    } & Failure);

/** What a person will want to know of a failed attempt. */
export interface Failure {
  readonly message: string;
  readonly status?: number | string;
  readonly excerpt?: string;
}

const maxRetryAfterMs = 3_600_000;
const mostText = 2000;

/**
 * What a sink meant by what it threw; anything unknown means: try again. Branches on `code`, never on `instanceof`, and
 * trusts no other field, since the error may come from any copy of the sdk or from none.
 */
export function outcomeOf(error: unknown): Outcome {
  try {
    return read(error);
  } catch {
    return { kind: "retry", retryAfterMs: 0, message: "it threw something that cannot be read" };
  }
}

/** A failure as it may be told and kept: without secrets, and no longer than 2 kB each text. */
export function redacted<T extends Outcome | Failure>(outcome: T, redact: Redact): T {
  if (!("message" in outcome)) return outcome;
  const { excerpt, status } = outcome;
  const clean = (text: string) => redact(text).slice(0, mostText);
  return {
    ...outcome,
    message: clean(outcome.message),
    ...(typeof status === "string" ? { status: clean(status) } : {}),
    ...(excerpt === undefined ? {} : { excerpt: clean(excerpt) }),
    ...("rejected" in outcome && {
      rejected: new Map([...outcome.rejected].map(([index, reason]) => [index, clean(reason)])),
    }),
  };
}

function read(error: unknown): Outcome {
  const fields: Readonly<Record<string, unknown>> = Object(error);
  const failure = failureOf(error, fields);
  switch (fields["code"]) {
    case "FOREWARN_REJECT":
      return { kind: "reject", ...failure };
    case "FOREWARN_MISCONFIGURED":
      return { kind: "misconfigured", ...failure };
    case "FOREWARN_PARTIAL_DELIVERY":
      return {
        kind: "partial",
        delivered: new Set(listOf(fields["delivered"]).filter((index) => typeof index === "number")),
        rejected: new Map(listOf(fields["rejected"]).flatMap((one) => rejectionOf(one, failure.message))),
        ...failure,
      };
    default: {
      const asked = fields["retryAfterMs"];
      const retryAfterMs = typeof asked === "number" && asked > 0 ? Math.min(asked, maxRetryAfterMs) : 0;
      return { kind: "retry", retryAfterMs, ...failure };
    }
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function rejectionOf(rejection: unknown, message: string): readonly [number, string][] {
  const { index, reason }: { readonly index?: unknown; readonly reason?: unknown } = Object(rejection);
  return typeof index === "number" ? [[index, typeof reason === "string" ? reason : message]] : [];
}

function failureOf(error: unknown, fields: Readonly<Record<string, unknown>>): Failure {
  const { message, name, status, excerpt } = fields;
  const said = typeof message === "string" && message !== "" ? message : undefined;
  const named = error instanceof Error && typeof name === "string" ? name : undefined;
  return {
    message: said ?? named ?? (typeof error === "string" ? error : unexplained(error)),
    ...(typeof status === "number" || typeof status === "string" ? { status } : {}),
    ...(typeof excerpt === "string" ? { excerpt } : {}),
  };
}

/** What says nothing by itself: `threw null, which is no error`. */
function unexplained(error: unknown): string {
  const text = inspect(error, { depth: 1 });
  return error instanceof Error ? text : `threw ${text}, which is no error`;
}
