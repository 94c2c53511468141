import { parseDuration, parseSize } from "@forewarn/sdk";
import type { Draft } from "../document/draft.ts";
import { childOf, isMap, type Pointer, readable, valueAt } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";

/** The least and the most of a duration or size, which a JSON Schema cannot say. */
interface Limit {
  readonly least?: string;
  readonly most: string;
}

// Longest waits stay below the 24.8 days at which a Node timer overflows and fires at once.
const durations: Readonly<Record<Pointer, Limit>> = {
  "/imds/pollInterval": { least: "100ms", most: "1h" },
  "/imds/requestTimeout": { least: "100ms", most: "1h" },
  "/imds/unreachableAfter": { least: "1s", most: "20d" },
  "/imds/notBeforeTolerance": { most: "1h" },
  "/metadata/interval": { least: "1s", most: "20d" },
  "/metadata/heartbeat": { least: "1s", most: "20d" },
  "/heartbeat": { least: "1s", most: "20d" },
  "/state/retention": { most: "36500d" },
  "/shutdownTimeout": { most: "1h" },
};
const sizes: Readonly<Record<Pointer, Limit>> = {
  "/state/retentionSize": { most: "1000000GB" },
  "/state/maxSize": { least: "1MB", most: "1000000GB" },
};
const sinkDurations: Readonly<Record<Pointer, Limit>> = {
  "/timeout": { least: "100ms", most: "1h" },
  "/maxAge": { least: "1s", most: "36500d" },
  "/batch/linger": { most: "1h" },
};
const sinkSizes: Readonly<Record<Pointer, Limit>> = {
  "/batch/maxBytes": { least: "1kB", most: "1GB" },
};

/** The durations and sizes of a draft that are too small or too large; those without a unit are passed over. */
export function limitFindings(draft: Draft): readonly PlacedFinding[] {
  const sinks = valueAt(draft.value, "/sinks");
  const names = isMap(sinks) ? Object.keys(sinks) : [];
  const check = (
    parse: (text: string) => number,
    limits: Readonly<Record<Pointer, Limit>>,
    parent: Pointer,
  ) =>
    Object.entries(limits).flatMap(([pointer, limit]) =>
      outOfRange(`${parent}${pointer}`, valueAt(draft.value, `${parent}${pointer}`), parse, limit),
    );
  return [
    ...check(parseDuration, durations, ""),
    ...check(parseSize, sizes, ""),
    ...names.flatMap((name) => [
      ...check(parseDuration, sinkDurations, childOf("/sinks", name)),
      ...check(parseSize, sinkSizes, childOf("/sinks", name)),
    ]),
  ];
}

function outOfRange(
  path: Pointer,
  text: unknown,
  parse: (text: string) => number,
  { least, most }: Limit,
): readonly PlacedFinding[] {
  const amount = typeof text === "string" ? parsed(text, parse) : undefined;
  if (amount === undefined) return [];
  const finding = (rule: string): readonly PlacedFinding[] => [
    {
      code: "CONFIG_OUT_OF_RANGE",
      path,
      at: "value",
      message: `${readable(path)} must be ${rule}`,
      suggestion: `between ${least ?? "0"} and ${most}`,
    },
  ];
  if (least !== undefined && amount < parse(least)) return finding(`at least ${least}`);
  return amount > parse(most) ? finding(`at most ${most}`) : [];
}

function parsed(text: string, parse: (text: string) => number): number | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
