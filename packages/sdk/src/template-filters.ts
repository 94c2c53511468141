import { nearest } from "./nearest.ts";
import type { Refuse } from "./template-error.ts";
import type { FilterCall } from "./template-parse.ts";
import { timeWriter } from "./template-time.ts";

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
    const write = timeWriter(call, refuse);
    return (value) => (typeof value === "string" ? write(value) : value);
  },
};

/** The filters of the template language, by name. */
const filterNames: readonly string[] = Object.keys(filters);

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
