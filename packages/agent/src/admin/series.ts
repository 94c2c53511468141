/** The labels of a sample, by name. */
export type Labels = Readonly<Record<string, string>>;

/** A value with its labels. */
export interface Sample<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

/** Numbers that only grow, one for each set of labels. */
export interface Counter {
  /** Adds to the one with these labels, which must always come in the same order; `by` = 0 makes it known. */
  add(labels: Labels, by?: number): void;
  samples(): readonly Sample<number>[];
}

/** How often values fell into buckets. */
export interface Histogram {
  /** Observes with these labels, which must always come in the same order. */
  of(labels: Labels): (value: number) => void;
  samples(): readonly Sample<Distribution>[];
}

/** What a histogram has seen with one set of labels. */
export interface Distribution {
  /** Upper bounds with how many values were at most as large; without that of infinity, which is `count`. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly count: number;
  readonly sum: number;
}

/** A counter without samples. */
export function createCounter(): Counter {
  const values = keyed((labels) => ({ labels, value: 0 }));
  return {
    add(labels, by = 1) {
      values.of(labels).value += by;
    },
    samples: () => values.all().map((sample) => ({ ...sample })),
  };
}

/** A histogram with these upper bounds, in ascending order. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const values = keyed((labels) => ({ labels, counts: bounds.map(() => 0), count: 0, sum: 0 }));
  return {
    of(labels) {
      const own = values.of(labels);
      return (value) => {
        own.count++;
        own.sum += value;
        const bucket = bounds.findIndex((bound) => value <= bound);
        if (bucket >= 0) own.counts[bucket] = (own.counts[bucket] ?? 0) + 1;
      };
    },
    samples: () =>
      values.all().map(({ labels, counts, count, sum }) => {
        let upTo = 0;
        const buckets = bounds.map((bound, index) => [bound, (upTo += counts[index] ?? 0)] as const);
        return { labels, value: { buckets, count, sum } };
      }),
  };
}

function keyed<Value>(make: (labels: Labels) => Value) {
  const values = new Map<string, Value>();
  return {
    of(labels: Labels): Value {
      const key = Object.values(labels).join("\0");
      let value = values.get(key);
      if (value === undefined) values.set(key, (value = make(labels)));
      return value;
    },
    all: () => [...values.values()],
  };
}
