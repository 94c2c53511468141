import type { Envelope } from "../outbox/envelope.ts";

/** Events on their way to a sink as one batch. */
export interface Load {
  readonly envelopes: readonly Envelope[];
  /** How often this batch was tried. */
  readonly attempt: number;
  /** How often its events were tried before, in batches of which this is a part. */
  readonly before: number;
  /** How often they failed, to be tried again, since one of them was settled. */
  readonly failures: number;
  /** Since when they fail, by the monotonic clock; null: they do not. */
  readonly failing: number | null;
  /** When they were first tried, epoch milliseconds. */
  readonly first: number;
  /** Not to be tried before, by the monotonic clock. */
  readonly due: number;
  /** Whether it was taken out of its turn, since its story is urgent. */
  readonly rushed: boolean;
  /** Whether it is one event that fails while others get through. */
  readonly parked: boolean;
}

/** A part of a load is a batch of its own, whose events were tried before. */
function partOf(load: Load, from: number, to?: number): Load {
  return {
    ...load,
    envelopes: load.envelopes.slice(from, to),
    attempt: 0,
    before: load.before + load.attempt,
  };
}

/** Both halves of a load of more than one event. */
export function halvesOf(load: Load): readonly [Load, Load] {
  const half = Math.ceil(load.envelopes.length / 2);
  return [partOf(load, 0, half), partOf(load, half)];
}
