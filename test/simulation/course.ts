import type { Random } from "./random.ts";

/** What happens to the machine and its process. */
export type Happening =
  | { readonly kind: "kill" | "stop"; readonly downMs: number; readonly boots: boolean }
  | { readonly kind: "freeze"; readonly ms: number }
  | { readonly kind: "jump"; readonly ms: number }
  /** `asking`: while an answer is on its way, if there is one soon. */
  | { readonly kind: "suspend"; readonly ms: number; readonly asking: boolean }
  | { readonly kind: "disk"; readonly state: "full" | "late" | "well" };

/** A happening and when it begins, in milliseconds since the run began. */
export type Course = readonly (Happening & { readonly at: number })[];

const day = 86_400_000;

function choose(random: Random, favourites: readonly Happening["kind"][]): Happening {
  const kind = random.pick(favourites);
  switch (kind) {
    case "kill":
    case "stop":
      return { kind, downMs: random.pick([0, 500, 5000, 30_000]), boots: random.chance(0.3) };
    case "freeze":
      return {
        kind,
        ms: random.pick([200, 5000, 5000, 30_000, 120_000, random.chance(0.1) ? day + 60_000 : 9000]),
      };
    case "jump":
      return { kind, ms: random.pick([-60_000, -3000, -50, 50, 3000, 60_000]) };
    case "suspend":
      return {
        kind,
        ms: random.pick([3000, 30_000, 60_000, 120_000, random.chance(0.1) ? day + 60_000 : 3_600_000]),
        asking: random.chance(0.5),
      };
    case "disk":
      return { kind, state: random.pick(["full", "late", "well"] as const) };
  }
}

/** What happens until `until`; each run has its own favourites, and some have none. */
export function planCourse(random: Random, until: number): Course {
  const kinds = ["kill", "stop", "freeze", "jump", "suspend", "disk", "disk"] as const;
  const favourites = [random.pick(kinds), random.pick(kinds)];
  const count = random.pick([0, 1, 2, 4, 8]);
  const moments = Array.from({ length: count }, () => random.int(0, until)).toSorted((a, b) => a - b);
  return moments.map((at) => ({ at, ...choose(random, favourites) }));
}
