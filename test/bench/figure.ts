/** One measured quantity of both contestants, from the same run. */
export interface Figure {
  /** Stable across versions: `idle.cpu`. */
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly forewarn: number;
  readonly bare: number;
  /** What issue or product demands; absent where a figure is only shown. */
  readonly floor?: Floor;
  /** What the two numbers were made of. */
  readonly rounds?: { readonly forewarn: readonly number[]; readonly bare: readonly number[] };
}

/** A figure of a pair of values, Forewarn's first; what the system does not tell is NaN. */
export function figure(
  id: string,
  name: string,
  unit: string,
  [forewarn, bare]: readonly [number | null, number | null],
  extra: Pick<Figure, "floor" | "rounds"> = {},
): Figure {
  return { id, name, unit, forewarn: forewarn ?? Number.NaN, bare: bare ?? Number.NaN, ...extra };
}

/** The highest that may be, of the ratio to the bare counterpart or of the value; or the lowest, of what is better high. */
export type Floor =
  | { readonly ratio: number }
  | { readonly value: number }
  | { readonly leastRatio: number }
  | { readonly leastValue: number };

/** How well a benchmark looks. */
export interface BenchSettings {
  readonly idleSeconds: number;
  readonly reactionSamples: number;
  readonly startRuns: number;
  /** How many events are drained in a round. */
  readonly drainEvents: number;
  /** How often a rate is measured, in turn with its bare counterpart. */
  readonly drainRounds: number;
  /** The backlogs with which the agent is started. */
  readonly growth: readonly number[];
}

/** Forewarn's value by the bare counterpart's. */
export const ratioOf = ({ forewarn, bare }: Figure): number => forewarn / bare;

/** How much of a floor there is: at 1 it just holds, below it is missed by what lacks; null where there is none. */
export function shareOf(figure: Figure): number | null {
  const { floor, forewarn } = figure;
  if (floor === undefined) return null;
  if ("ratio" in floor) return floor.ratio / ratioOf(figure);
  if ("value" in floor) return floor.value / forewarn;
  return "leastRatio" in floor ? ratioOf(figure) / floor.leastRatio : forewarn / floor.leastValue;
}

/** Whether the floor holds; null where there is none. */
export function holds(figure: Figure): boolean | null {
  const share = shareOf(figure);
  return share === null ? null : share >= 1;
}
