/** A time in epoch milliseconds as RFC 3339 in UTC; null stays null. */
export function rfc3339<At extends number | null>(at: At): At extends number ? string : null;
export function rfc3339(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
