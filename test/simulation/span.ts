import type { Random } from "./random.ts";

/** Something that holds from one moment to another, in milliseconds since the run began. */
export interface Span<T> {
  readonly from: number;
  readonly to: number;
  readonly what: T;
}

/** What holds at a moment; undefined where nothing does. */
export function at<T>(spans: readonly Span<T>[], moment: number): T | undefined {
  return spans.find(({ from, to }) => from <= moment && moment < to)?.what;
}

/** Spans of faults that do not overlap, with good times between them. */
export function faultSpans<T>(
  random: Random,
  options: {
    readonly until: number;
    readonly goodMs: number;
    readonly faultMs: number;
    readonly choose: () => T;
  },
): readonly Span<T>[] {
  const { until, goodMs, faultMs, choose } = options;
  const spans: Span<T>[] = [];
  for (let from = random.int(0, goodMs); from < until;) {
    const to = Math.min(until, from + random.int(500, faultMs));
    spans.push({ from, to, what: choose() });
    from = to + random.int(500, goodMs);
  }
  return spans;
}
