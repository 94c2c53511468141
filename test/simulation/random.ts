/** Chance that a seed decides: the same seed gives the same course. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Another one, whose course is decided now. */
  fork(): Random;
}

/** Mulberry32: small, quick, and good enough to choose faults. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    int: (from, to) => from + Math.floor(random.next() * (to - from + 1)),
    chance: (probability) => random.next() < probability,
    pick: (choices) => choices[random.int(0, choices.length - 1)] as (typeof choices)[number],
    fork: () => createRandom(Math.floor(random.next() * 4_294_967_296)),
  };
  return random;
}
