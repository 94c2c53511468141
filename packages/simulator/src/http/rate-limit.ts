/** Whether one more request fits; a refused request does not count. */
export type RateLimit = () => boolean;

/** Allows `perSecond` requests in any 1000 ms, everything when undefined; throws a RangeError unless it is a positive integer. */
export function createRateLimit(perSecond: number | undefined): RateLimit {
  if (perSecond === undefined) return () => true;
  if (!Number.isInteger(perSecond) || perSecond < 1)
    throw new RangeError(`The rate limit must be a positive whole number of requests, not ${perSecond}.`);
  let allowed: readonly number[] = [];
  return () => {
    const now = performance.now();
    allowed = allowed.filter((at) => now - at < 1000);
    if (allowed.length >= perSecond) return false;
    allowed = [...allowed, now];
    return true;
  };
}
