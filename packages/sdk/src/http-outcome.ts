import { type DeliveryError, MisconfiguredError, RejectError, RetryError } from "./errors.ts";

/** What an HTTP status means for the batch that was sent. */
export type HttpOutcome = "delivered" | "retry" | "reject" | "misconfigured";

const retried: ReadonlySet<number> = new Set([408, 425, 429]);
const rejected: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** 2xx delivered; 408, 425, 429, 5xx retry; 400, 413, 415, 422 reject; every other 4xx and 3xx misconfigured. */
export function outcomeOfStatus(status: number): HttpOutcome {
  if (status >= 200 && status < 300) return "delivered";
  if (status >= 500 || retried.has(status)) return "retry";
  return rejected.has(status) ? "reject" : "misconfigured";
}

/**
 * Milliseconds of a `Retry-After` header (RFC 9110: seconds or an HTTP date) from `now` (epoch ms); undefined where
 * it is absent or makes no sense. Not capped: the agent caps it at one hour.
 */
export function parseRetryAfter(
  value: string | readonly string[] | undefined,
  now: number,
): number | undefined {
  const text = (Array.isArray(value) ? value[0] : (value as string | undefined))?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The error to throw for an HTTP answer, by {@link outcomeOfStatus}; undefined where it was delivered. */
export function deliveryError(answer: {
  readonly status: number;
  readonly retryAfter?: string | readonly string[] | undefined;
  readonly excerpt?: string | undefined;
  readonly now: number;
}): DeliveryError | undefined {
  const { status } = answer;
  const details = { status, ...(answer.excerpt === undefined ? {} : { excerpt: answer.excerpt }) };
  const retryAfterMs = parseRetryAfter(answer.retryAfter, answer.now);
  switch (outcomeOfStatus(status)) {
    case "delivered":
      return undefined;
    case "retry":
      return new RetryError(`answered ${status}`, {
        ...details,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    case "reject":
      return new RejectError(`refused with ${status}`, details);
    case "misconfigured":
      return new MisconfiguredError(advice(status), details);
  }
}

function advice(status: number): string {
  if (status >= 300 && status < 400)
    return `answered ${status}: redirects are not followed, use the final URL`;
  if (status === 401 || status === 403)
    return `answered ${status}: check the credentials and their permissions`;
  if (status === 404 || status === 410)
    return `answered ${status}: check the URL, nothing receives events there`;
  return `answered ${status}: check the sink's options`;
}
