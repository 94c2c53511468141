import type { Clock } from "@forewarn/sdk";
import type { Load } from "../load.ts";

/** The machine is about to stop: for a while nothing waits for a better moment. */
export interface Haste {
  begin(): void;
  end(): void;
  active(): boolean;
  /** When a load may be tried, by the monotonic clock: what failed before the haste began does not wait for its time. */
  dueAt(load: Pick<Load, "due" | "failing">): number;
}

/** No haste yet. */
export function createHaste(clock: Clock): Haste {
  let active = 0;
  let since = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      active++;
      since = clock.monotonic();
    },
    end() {
      active--;
    },
    active: () => active > 0,
    // Each failure moves `failing`, so a load is let off once.
    dueAt: ({ due, failing }) =>
      active > 0 && failing !== null && failing < since ? Number.NEGATIVE_INFINITY : due,
  };
}
