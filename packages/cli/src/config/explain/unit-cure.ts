import { Duration, parseDuration, parseSize, Size } from "@forewarn/sdk";
import type { JsonSchema } from "../schema/schema-error.ts";

/** What is asked for where a schema asks for a duration or a size. */
export interface Unit {
  readonly name: "duration" | "size";
  readonly code: "CONFIG_BAD_DURATION" | "CONFIG_BAD_SIZE";
  readonly expected: string;
  readonly rule: string;
  parse(text: string): number;
}

const duration: Unit = {
  name: "duration",
  code: "CONFIG_BAD_DURATION",
  expected: "a duration with its unit",
  rule: "a number and ms, s, m, h or d, without a space: 250ms, 15m, 30d",
  parse: parseDuration,
};

const size: Unit = {
  name: "size",
  code: "CONFIG_BAD_SIZE",
  expected: "a size with its unit",
  rule: "a number and B, kB, MB or GB, without a space: 512B, 64kB, 1GB",
  parse: parseSize,
};

const patterns = new Map<unknown, Unit>([
  [(Duration() as JsonSchema).pattern, duration],
  [(Size() as JsonSchema).pattern, size],
]);

/** The unit that a schema asks for, or undefined where it asks for something else. */
export function unitOf(schema: JsonSchema | undefined): Unit | undefined {
  return schema?.pattern === undefined ? undefined : patterns.get(schema.pattern);
}

const spellings: Readonly<Record<Unit["name"], readonly (readonly [RegExp, string, number?])[]>> = {
  duration: [
    [/^(ms|msecs?|millis|milliseconds?)$/i, "ms"],
    [/^(s|secs?|seconds?)$/i, "s"],
    [/^(m|mins?|minutes?)$/i, "m"],
    [/^(h|hrs?|hours?)$/i, "h"],
    [/^(d|days?)$/i, "d"],
    [/^(w|weeks?)$/i, "d", 7],
  ],
  size: [
    [/^(b|bytes?)$/i, "B"],
    [/^(kb|k|kib|kilobytes?)$/i, "kB"],
    [/^(mb|m|mib|megabytes?)$/i, "MB"],
    [/^(gb|g|gib|gigabytes?)$/i, "GB"],
    [/^(tb|t|tib|terabytes?)$/i, "GB", 1000],
  ],
};

/** How a value was probably meant: `10s` for `10 seconds`; a bare number is given the two likeliest units. */
export function unitCure(unit: Unit, value: unknown): string {
  const [, number, word] = /^\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(String(value)) ?? [];
  if (number === undefined || word === undefined) return unit.rule;
  const amount = Number(number.replace(",", "."));
  if (word === "") {
    const [small, large] = unit.name === "duration" ? ["ms", "s"] : ["B", "kB"];
    return `write ${amount}${large} or ${amount}${small}: ${unit.rule}`;
  }
  const found = spellings[unit.name].find(([pattern]) => pattern.test(word));
  return found === undefined ? unit.rule : `write ${amount * (found[2] ?? 1)}${found[1]}: ${unit.rule}`;
}
