import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/** Tests so many seeds, a hundred to a test, so that a slow machine does not break off in the middle of all. */
export function testSeeds(first: number, count: number): void {
  for (let from = first; from < first + count; from += 100) {
    test(`seeds ${from} to ${from + 99}: every event reaches every sink that wants it, in order, whole, in time`, async () => {
      for (let seed = from; seed < from + 100; seed++) {
        const { wrong } = await simulate(seed);
        expect(wrong, `npm run soak -- --seed ${seed} --seeds 1`).toEqual([]);
      }
    });
  }
}
