/** A moment in epoch milliseconds, null if Azure gave none (""), or "unparsable". */
export type NotBefore = number | null | "unparsable";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

// The weekday is not captured: Microsoft's own sample has a wrong one ("Mon, 11 Apr 2026").
const RFC_1123 =
  /^(?:[a-z]{3,9},? +)?(?<day>\d{1,2}) +(?<month>[a-z]{3}) +(?<year>\d{4}) +(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) *(?<zone>gmt|utc|z|[+-]\d{4})?$/i;

const ISO_8601 =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[t ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)? *(?<zone>gmt|utc|z|[+-]\d{2}:?\d{2})?$/i;

/** Minutes east of Greenwich; a date without a zone is UTC, since Azure's are "always GMT". */
const offsetMinutes = (zone: string): number | undefined => {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return 0;
  const hours = Number(match[2]);
  const minutes = Number(match[3]);
  if (hours > 14 || minutes > 59) return undefined;
  return (match[1] === "-" ? -1 : 1) * (hours * 60 + minutes);
};

const monthNumber = (month: string): number =>
  /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.toLowerCase()) + 1;

const momentOf = (fields: Readonly<Record<string, string | undefined>>): number | undefined => {
  const {
    year = "",
    month = "",
    day = "",
    hour = "",
    minute = "",
    second = "0",
    fraction = "",
    zone = "",
  } = fields;
  const offset = offsetMinutes(zone);
  // .NET writes an unset date as year 1: nothing before the epoch is a plan.
  if (offset === undefined || Number(year) < 1970) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const midnight = Date.UTC(Number(year), monthNumber(month) - 1, Number(day));
  const date = new Date(midnight);
  if (date.getUTCMonth() !== monthNumber(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return midnight + clock + Number(fraction.padEnd(3, "0").slice(0, 3)) - offset * 60_000;
};

/**
 * Reads the `NotBefore` of a scheduled event, RFC 1123 (as Azure documents it) or ISO 8601 (as the mock server and one
 * page of the documentation have it); the weekday is ignored, a missing zone is UTC, an impossible day is unparsable.
 */
export const parseNotBefore = (raw: string): NotBefore => {
  const text = raw.trim();
  if (text === "") return null;
  const fields = (RFC_1123.exec(text) ?? ISO_8601.exec(text))?.groups;
  return (fields && momentOf(fields)) ?? "unparsable";
};
