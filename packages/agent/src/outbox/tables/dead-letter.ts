import { DamageError } from "../state/state-error.ts";

/**
 * What kind of end it was: the sink refused the event, it was older than `maxAge`, the outbox was full, its text on disk
 * is not what was written; or a person has put the letter away for good.
 */
export type DeathReason = "rejected" | "expired" | "evicted" | "corrupt" | "purged";

/** Why an event became a dead letter, and how it went; kept with the event for a person. */
export interface DeadLetter {
  readonly reason: DeathReason;
  readonly message: string;
  /** HTTP status or the vendor's own code. */
  readonly status?: number | string;
  /** Epoch milliseconds of the first and the last attempt. */
  readonly first: number;
  readonly last: number;
  /** The beginning of the destination's answer, redacted, at most 2 kB. */
  readonly excerpt?: string;
}

/** What a row of `delivery` says of an end; throws `DamageError` where that cannot be read. */
export function deadLetterOf(json: string): DeadLetter {
  try {
    return JSON.parse(json) as DeadLetter;
  } catch (error) {
    throw new DamageError(`a dead letter cannot be read: ${(error as Error).message}`);
  }
}

/** SQL: the row `alias` of `delivery` is a dead letter that a person may want, and has not put away. */
export const isLetter = (alias: string) =>
  `${alias}.dead IS NOT NULL AND ${alias}.dead NOT GLOB '{"reason":"purged"*'`;
