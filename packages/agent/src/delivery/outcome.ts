import type { DeliveryErrorCode, PartialDeliveryError, RetryError } from "@forewarn/sdk";

/** What came of one attempt. */
export type Outcome =
  | { readonly kind: "delivered" }
  | ({ readonly kind: "retry"; readonly retryAfterMs: number } & Failure)
  | ({ readonly kind: "reject" } & Failure)
  | ({ readonly kind: "misconfigured" } & Failure)
  | ({
      readonly kind: "partial";
      readonly delivered: readonly number[];
      readonly rejected: readonly { readonly index: number; readonly reason: string }[];
    } & Failure);

/** What a person will want to know of a failed attempt. */
export interface Failure {
  readonly message: string;
  readonly status?: number | string;
  readonly excerpt?: string;
}

const maxRetryAfterMs = 3_600_000;
const maxExcerpt = 2000;

/** What a sink meant by what it threw; anything unknown means: try again. Branches on `code`, never on `instanceof`. */
export function outcomeOf(error: unknown): Outcome {
  const failure = failureOf(error);
  switch ((error as { readonly code?: DeliveryErrorCode } | null)?.code) {
    case "FOREWARN_REJECT":
      return { kind: "reject", ...failure };
    case "FOREWARN_MISCONFIGURED":
      return { kind: "misconfigured", ...failure };
    case "FOREWARN_PARTIAL_DELIVERY": {
      const { delivered, rejected } = error as PartialDeliveryError;
      return { kind: "partial", delivered, rejected, ...failure };
    }
    default: {
      const asked = (error as Partial<RetryError> | null)?.retryAfterMs;
      const retryAfterMs = typeof asked === "number" && asked > 0 ? Math.min(asked, maxRetryAfterMs) : 0;
      return { kind: "retry", retryAfterMs, ...failure };
    }
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { status, excerpt } = error as { status?: unknown; excerpt?: unknown };
  return {
    message: error.message === "" ? error.name : error.message,
    ...(typeof status === "number" || typeof status === "string" ? { status } : {}),
    ...(typeof excerpt === "string" ? { excerpt: excerpt.slice(0, maxExcerpt) } : {}),
  };
}
