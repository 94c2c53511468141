import type { Clock } from "@forewarn/sdk";

/** A moment by both clocks. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly wall: number;
  readonly monotonic: number;
}

/** Steps of the time of day that are smaller are corrections (chrony, "makestep 1.0 3"), never a suspension. */
const smallestLeapMs = 1000;

/** What both clocks show. */
export function momentOf(clock: Pick<Clock, "now" | "monotonic">): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/**
 * How far the time of day ran ahead of the monotonic clock, in ms: on Linux that one stands still while the machine is
 * suspended (clock_gettime(2), CLOCK_MONOTONIC). 0 where it ran behind, as after it was set back.
 */
export function leapBetween(before: Moment, after: Moment): number {
  return Math.max(0, after.wall - before.wall - (after.monotonic - before.monotonic));
}

/**
 * How long it was from one moment of this process to another, in ms: by the longer of the two clocks, where they differ
 * by a second or more, else by the monotonic one.
 */
export function elapsedBetween(before: Moment, after: Moment): number {
  const leapMs = leapBetween(before, after);
  return after.monotonic - before.monotonic + (leapMs < smallestLeapMs ? 0 : leapMs);
}
