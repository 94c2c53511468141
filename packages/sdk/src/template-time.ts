import { nearest } from "./nearest.ts";
import { utcTime } from "./plain-text.ts";
import type { Refuse } from "./template-error.ts";
import type { FilterCall } from "./template-parse.ts";

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * How `time` writes an RFC 3339 time: `UTC` (`2026-11-22 20:00:30 UTC`), `unix` (seconds since 1970), `local` or the
 * name of a time zone (`2026-11-22 21:00:30 +01:00`). What is no time stays as it is. Refuses an unknown zone.
 */
export function timeWriter(
  { argument = "UTC", argumentPlace }: FilterCall,
  refuse: Refuse,
): (text: string) => string {
  if (argument === "UTC") return timesOnly(utcTime);
  if (argument === "unix") return timesOnly((text) => String(Math.floor(Date.parse(text) / 1000)));
  try {
    return timesOnly(zoned(argument === "local" ? undefined : argument));
  } catch {
    const known = ["UTC", "local", "unix", ...Intl.supportedValuesOf("timeZone")];
    const near = nearest(argument.slice(0, 64), known);
    return refuse(
      `unknown time zone ${JSON.stringify(argument)}`,
      argumentPlace,
      `${near === undefined ? "" : `did you mean "${near}"? `}write "UTC", "local", "unix" (seconds since 1970) or a name such as "Europe/Berlin"`,
    );
  }
}

function timesOnly(write: (text: string) => string): (text: string) => string {
  return (text) => (rfc3339.test(text) && !Number.isNaN(Date.parse(text)) ? write(text) : text);
}

/** Throws a `RangeError` where the zone is unknown. */
function zoned(timeZone: string | undefined): (text: string) => string {
  const format = new Intl.DateTimeFormat("en-US", {
    ...(timeZone === undefined ? {} : { timeZone }),
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  return (text) => {
    const parts = format.formatToParts(new Date(text));
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((found) => found.type === type)?.value ?? "";
    const offset = part("timeZoneName").replace("GMT", "") || "+00:00";
    return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")} ${offset}`;
  };
}
