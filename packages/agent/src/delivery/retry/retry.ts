import { halvesOf, type Load } from "../load.ts";

const failuresBeforeHalving = 5;
const failuresBeforeParking = 10;

/**
 * What becomes of a load that failed: after 5 failures its batch is halved, and at every further one while others get
 * through (`singled`), until the event that is at fault stands alone.
 */
export function afterFailure(load: Load, singled: boolean): readonly Load[] {
  const { failures, envelopes } = load;
  if (envelopes.length === 1 || !keepsFailing(load)) return [load];
  return singled || failures % failuresBeforeHalving === 0 ? halvesOf(load) : [load];
}

/** Whether a load has failed often enough to ask whether it, and not the sink, is at fault. */
export function keepsFailing({ failures }: Load): boolean {
  return failures >= failuresBeforeHalving;
}

/** Whether a load is one event that failed 10 times: it is parked where others get through, and another is tried to see that. */
export function isSuspect({ failures, envelopes, parked }: Load): boolean {
  return !parked && envelopes.length === 1 && failures >= failuresBeforeParking;
}
