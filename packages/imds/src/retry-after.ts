/**
 * What a `Retry-After` header asks for, in milliseconds from `now` (epoch ms): seconds or an HTTP date (RFC 9110,
 * section 10.2.3); undefined where there is none or it says nothing.
 */
export const readRetryAfter = (value: string | undefined, now: number): number | undefined => {
  const text = value?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A bare date like "2030" is a number to Date.parse, so a name of a month is asked for.
  const at = /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};
