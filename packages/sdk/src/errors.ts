/** The stable `code` of each delivery error; the agent branches on it, never on `instanceof`. */
export const deliveryErrorCodes = [
  "FOREWARN_RETRY",
  "FOREWARN_REJECT",
  "FOREWARN_MISCONFIGURED",
  "FOREWARN_PARTIAL_DELIVERY",
] as const;

/** One of {@link deliveryErrorCodes}. */
export type DeliveryErrorCode = (typeof deliveryErrorCodes)[number];

/** What a person will want to know about a failed delivery. */
export interface DeliveryErrorDetails {
  readonly cause?: unknown;
  /** HTTP status or the vendor's own code. */
  readonly status?: number | string;
  /** The beginning of the answer; the agent redacts it and keeps at most 2 kB. */
  readonly excerpt?: string;
}

/** The base of the errors by which a sink tells the agent what to do next. */
export class DeliveryError extends Error {
  readonly code: DeliveryErrorCode;
  readonly status?: number | string;
  readonly excerpt?: string;

  constructor(code: DeliveryErrorCode, message: string, details: DeliveryErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.status !== undefined) this.status = details.status;
    if (details.excerpt !== undefined) this.excerpt = details.excerpt;
  }
}

/** The batch should be tried again, not sooner than `retryAfterMs` from now. Any unknown error means the same. */
export class RetryError extends DeliveryError {
  override readonly name = "RetryError";
  readonly retryAfterMs?: number;

  constructor(message: string, details: DeliveryErrorDetails & { readonly retryAfterMs?: number } = {}) {
    super("FOREWARN_RETRY", message, details);
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** The destination will never take these events: they become dead letters. */
export class RejectError extends DeliveryError {
  override readonly name = "RejectError";

  constructor(message: string, details: DeliveryErrorDetails = {}) {
    super("FOREWARN_REJECT", message, details);
  }
}

/** Nothing is wrong with the events, but the sink cannot work until a person acts: it is paused and probed. */
export class MisconfiguredError extends DeliveryError {
  override readonly name = "MisconfiguredError";

  constructor(message: string, details: DeliveryErrorDetails = {}) {
    super("FOREWARN_MISCONFIGURED", message, details);
  }
}

/** What became of each event of a batch, by its index in `batch.events`; events not named are tried again. */
export interface PartialOutcome {
  readonly delivered: readonly number[];
  readonly rejected?: readonly { readonly index: number; readonly reason: string }[];
}

/** Some events of the batch were settled; the rest is tried again. */
export class PartialDeliveryError extends DeliveryError {
  override readonly name = "PartialDeliveryError";
  readonly delivered: readonly number[];
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];

  constructor(message: string, details: DeliveryErrorDetails & PartialOutcome) {
    super("FOREWARN_PARTIAL_DELIVERY", message, details);
    this.delivered = details.delivered;
    this.rejected = details.rejected ?? [];
  }
}
