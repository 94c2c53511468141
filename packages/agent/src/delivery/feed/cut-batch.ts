import type { Envelope } from "../../outbox/envelope.ts";
import type { BatchSize } from "../sink-settings.ts";

/** What a cut found. */
export interface Cut {
  readonly taken: readonly Envelope[];
  /** Those of busy keys before the end. */
  readonly passed: readonly Envelope[];
  /** Whether no later event would have fitted. */
  readonly full: boolean;
  /** The index after the last one that was looked at. */
  readonly end: number;
}

/** The first events of a list, from an index on, that may travel together: none of a busy key; what is replayed by itself. */
export function cutBatch(
  rows: readonly Envelope[],
  from: number,
  limits: BatchSize & {
    readonly isBusy: (key: string) => boolean;
    readonly isReplayed: (seq: number) => boolean;
  },
): Cut {
  const { maxEvents, maxBytes, isBusy, isReplayed } = limits;
  const taken: Envelope[] = [];
  const passed: Envelope[] = [];
  let bytes = 0;
  let index = from;
  let full = false;
  for (; index < rows.length && !full; index++) {
    const envelope = rows[index] as Envelope;
    if (isBusy(envelope.key)) {
      passed.push(envelope);
      continue;
    }
    bytes += Buffer.byteLength(envelope.json);
    const [first] = taken;
    if (first !== undefined && (bytes > maxBytes || isReplayed(first.seq) !== isReplayed(envelope.seq))) {
      full = true;
      break;
    }
    taken.push(envelope);
    full = taken.length === maxEvents || bytes >= maxBytes;
  }
  return { taken, passed, full, end: index };
}
