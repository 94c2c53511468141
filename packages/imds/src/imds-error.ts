const BRAND = Symbol.for("@forewarn/imds/error");

/**
 * What went wrong, as a closed set of stable strings; the README's table says for each one when it occurs.
 */
export type ImdsErrorCode =
  | "bad-request"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "method-not-allowed"
  | "gone"
  | "misdirected"
  | "throttled"
  | "server-error"
  | "redirected"
  | "unexpected-status"
  | "not-json"
  | "wrong-shape"
  | "too-large"
  | "timeout"
  | "unreachable"
  | "connection-lost"
  | "aborted"
  | "invalid-argument";

/** What an {@link ImdsError} is made of; its message is given beside it. */
export interface ImdsErrorDetails {
  readonly code: ImdsErrorCode;
  readonly retryable: boolean;
  readonly path: string;
  readonly status?: number;
  readonly excerpt?: string;
  readonly server?: string;
  readonly newestVersions?: readonly string[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The one error this package throws: its message says what happened, where, and what can be done about it on this VM.
 * Branch on `code`, never on the message; `retryable` says whether to ask again.
 */
export class ImdsError extends Error {
  override readonly name = "ImdsError";
  /** What went wrong, as a stable string. */
  readonly code: ImdsErrorCode;
  /** True if the same request may succeed later although nobody changes anything. */
  readonly retryable: boolean;
  /** The path asked for, without its query, e.g. `/metadata/instance`; "" if no request was made. */
  readonly path: string;
  /** The HTTP status, if there was an answer. */
  declare readonly status?: number;
  /** The first 256 characters of the answer, control characters replaced; never part of a token or an instance document. */
  declare readonly excerpt?: string;
  /** The `Server` header of the answer: IMDS says `IMDS/…`, an interceptor says something else. */
  declare readonly server?: string;
  /** The api-versions that IMDS offered when it refused the one asked for (`newest-versions` of a 400 or 404). */
  declare readonly newestVersions?: readonly string[];
  /** How long to wait before the next request, where the answer said so (`Retry-After`, which Azure does not document for IMDS), in milliseconds. */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: ImdsErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable;
    this.path = details.path;
    if (details.status !== undefined) this.status = details.status;
    if (details.excerpt !== undefined) this.excerpt = details.excerpt;
    if (details.server !== undefined) this.server = details.server;
    if (details.newestVersions !== undefined) this.newestVersions = details.newestVersions;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for an {@link ImdsError}, also one that another copy of this package made. */
export const isImdsError = (value: unknown): value is ImdsError =>
  typeof value === "object" && value !== null && (value as { readonly [BRAND]?: unknown })[BRAND] === true;

const EXCERPT_LENGTH = 256;

/** The first 256 characters of a body, fit for a log line: control, format and line separator characters become spaces. */
export const excerptOf = (body: string): string =>
  body
    .slice(0, EXCERPT_LENGTH)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
