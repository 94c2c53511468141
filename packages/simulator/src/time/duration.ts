const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** The seconds of a duration such as `250ms`, `15m` or `5d`; throws a RangeError on anything else. */
export function secondsOf(duration: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined)
    throw new RangeError(`"${duration}" is no duration: a number and ms, s, m, h or d, such as 15m.`);
  return Number(amount) * factor;
}
