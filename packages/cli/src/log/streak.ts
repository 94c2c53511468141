/** Bad answers in a row, by what was wrong with them. */
export interface Streak {
  /** Counts one; true where the streak had none of this class yet. */
  failed(code: string): boolean;
  /** How many there were of each class, like `timeout 3, not-json 1`; the next one begins anew. */
  over(): string;
}

/** No bad answer yet. */
export function createStreak(): Streak {
  const counts = new Map<string, number>();
  return {
    failed(code) {
      const before = counts.get(code) ?? 0;
      counts.set(code, before + 1);
      return before === 0;
    },
    over() {
      const text = [...counts].map(([code, count]) => `${code} ${count}`).join(", ");
      counts.clear();
      return text;
    },
  };
}
