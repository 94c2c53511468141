import { type BatchLimits, parseDuration, parseSize } from "@forewarn/sdk";

/** {@link BatchLimits} in bytes and milliseconds. */
export interface BatchSize {
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  readonly lingerMs?: number;
}

/** Reads the units of batch limits; throws a `RangeError` where one is not understood. */
export function parseBatch({ maxEvents, maxBytes, linger }: BatchLimits): BatchSize {
  return {
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(maxBytes === undefined ? {} : { maxBytes: parseSize(maxBytes) }),
    ...(linger === undefined ? {} : { lingerMs: parseDuration(linger) }),
  };
}
