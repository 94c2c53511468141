import { nearest } from "./nearest.ts";
import type { Refuse } from "./template-error.ts";
import type { FilterCall } from "./template-parse.ts";

/** Changes a value on its way into the text. */
export type Filter = (value: unknown) => unknown;

type Make = (call: FilterCall, refuse: Refuse) => Filter;

const filters: Readonly<Record<string, Make>> = {
  json: (call, refuse) => {
    withoutArgument(call, refuse);
    return (value) => value;
  },
  upper: (call, refuse) => {
    withoutArgument(call, refuse);
    return (value) => (isEmpty(value) ? value : textOf(value).toUpperCase());
  },
  default: (call, refuse) => {
    const { argument } = call;
    if (argument === undefined)
      return refuse("default has no text", call.place, 'write it as default: "text"');
    return (value) => (isEmpty(value) ? argument : value);
  },
  time: (call, refuse) => {
    const format = timeFormat(call, refuse);
    return (value) => (typeof value === "string" && rfc3339.test(value) ? format(new Date(value)) : value);
  },
};

/** The filters of the template language, by name. */
export const filterNames: readonly string[] = Object.keys(filters);

/** The filter that a call names; refuses an unknown name or a wrong argument. */
export function makeFilter(call: FilterCall, refuse: Refuse): Filter {
  const make = Object.hasOwn(filters, call.name) ? filters[call.name] : undefined;
  if (make !== undefined) return make(call, refuse);
  const near = call.name.length > 64 ? undefined : nearest(call.name, filterNames);
  const all = `the filters are ${filterNames.join(", ")}`;
  return refuse(
    `unknown filter ${JSON.stringify(call.name)}`,
    call.place,
    near === undefined ? all : `did you mean ${near}? (${all})`,
  );
}

/** A value as text: nothing for null, `a, b` for a list of texts and numbers, JSON for a map or another list. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return jsonOf(value);
}

/** A value as JSON on one line: `null` where it is missing. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function withoutArgument({ name, argument, argumentPlace }: FilterCall, refuse: Refuse): void {
  if (argument !== undefined) refuse(`${name} takes no argument`, argumentPlace, `write ${name} alone`);
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

function timeFormat(
  { argument = "UTC", argumentPlace }: FilterCall,
  refuse: Refuse,
): (time: Date) => string | Date {
  const safe = (format: (time: Date) => string) => (time: Date) =>
    Number.isNaN(time.getTime()) ? "" : format(time);
  if (argument === "unix") return safe((time) => String(Math.floor(time.getTime() / 1000)));
  if (argument === "UTC") return safe((time) => `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`);
  const zone = argument === "local" ? undefined : argument;
  try {
    return safe(zoned(zone));
  } catch {
    const near = nearest(argument.slice(0, 64), [
      "UTC",
      "local",
      "unix",
      ...Intl.supportedValuesOf("timeZone"),
    ]);
    return refuse(
      `unknown time zone ${JSON.stringify(argument)}`,
      argumentPlace,
      `${near === undefined ? "" : `did you mean "${near}"? `}write "UTC", "local", "unix" (seconds since 1970) or a name such as "Europe/Berlin"`,
    );
  }
}

/** `2026-11-22 21:00:30 +01:00`; throws a `RangeError` where the zone is unknown. */
function zoned(timeZone: string | undefined): (time: Date) => string {
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
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const offset = (parts["timeZoneName"] ?? "").replace("GMT", "") || "+00:00";
    return `${parts["year"]}-${parts["month"]}-${parts["day"]} ${parts["hour"]}:${parts["minute"]}:${parts["second"]} ${offset}`;
  };
}
