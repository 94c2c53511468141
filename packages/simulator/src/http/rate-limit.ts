import type { ReceivedRequest } from "./request.ts";

/** Whether one more request fits; a refused request does not count. */
export type RateLimit = () => boolean;

/** Allows `perSecond` requests in any 1000 ms, everything when undefined; throws a RangeError unless it is a positive integer. */
export function createRateLimit(
  perSecond: number | undefined,
  now: () => number = () => performance.now(),
): RateLimit {
  if (perSecond === undefined) return () => true;
  if (!Number.isInteger(perSecond) || perSecond < 1)
    throw new RangeError(`The rate limit must be a positive whole number of requests, not ${perSecond}.`);
  let allowed: readonly number[] = [];
  return () => {
    const asked = now();
    allowed = allowed.filter((at) => asked - at < 1000);
    if (allowed.length >= perSecond) return false;
    allowed = [...allowed, asked];
    return true;
  };
}

/** How many requests a VM may send in any 1000 ms; undefined = as many as it likes. */
export interface RateLimits {
  readonly rateLimit: number | undefined;
  /** Those for managed identities, which do not count above. */
  readonly identityRateLimit: number | undefined;
}

/** The limits of one VM (Azure docs: IMDS, rate limiting: two buckets); throws as `createRateLimit` does. */
export function createRateLimits(
  limits: RateLimits,
  now: () => number,
): (request: ReceivedRequest) => boolean {
  const general = createRateLimit(limits.rateLimit, now);
  const identity = createRateLimit(limits.identityRateLimit, now);
  return ({ path }) => (path.startsWith("/metadata/identity/") ? identity() : general());
}
