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

/** The highest that may be: of the ratio to the bare loop, or of the value. */
export type Floor = { readonly ratio: number } | { readonly value: number };

/** How well a benchmark looks. */
export interface BenchSettings {
  readonly idleSeconds: number;
  readonly reactionSamples: number;
  readonly startRuns: number;
}

/** Forewarn's value by the bare loop's. */
export const ratioOf = ({ forewarn, bare }: Figure): number => forewarn / bare;

/** Whether the floor holds; null where there is none. */
export function holds(figure: Figure): boolean | null {
  if (figure.floor === undefined) return null;
  return "ratio" in figure.floor
    ? ratioOf(figure) <= figure.floor.ratio
    : figure.forewarn < figure.floor.value;
}
