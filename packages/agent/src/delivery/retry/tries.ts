import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "../../outbox/envelope.ts";
import type { Load } from "../load.ts";

/** Remembers how often events were tried, while none of the lanes holds them. */
export interface Tries {
  /** Events as a load that goes on counting where they were released; `rushed` where they are taken out of their turn. */
  load(envelopes: readonly Envelope[], rushed?: boolean): Load;
  remember(load: Load): void;
}

type Record = Pick<Load, "attempt" | "before" | "failures" | "failing" | "first"> & { readonly cut: string };

const untried = { attempt: 0, before: 0, failures: 0, failing: null, due: 0, parked: false } as const;

/** Keeps a record of an event only between its release and its next load. */
export function createTries(clock: Clock): Tries {
  const records = new Map<number, Record>();
  return {
    load(envelopes, rushed = false) {
      const found = envelopes.map(({ seq }) => records.get(seq));
      for (const { seq } of envelopes) records.delete(seq);
      const known = found.filter((record) => record !== undefined);
      const [first] = known;
      if (first === undefined) {
        return { ...untried, envelopes, first: clock.now(), rushed };
      }
      const { cut: _, ...record } = first;
      // The same events are the same batch, whose attempts are counted on; else these are tries of other batches.
      if (first.cut === cutOf(envelopes) && known.length === envelopes.length) {
        return { ...untried, ...record, envelopes, rushed };
      }
      const before = Math.max(...known.map((each) => each.before + each.attempt));
      return { ...untried, ...record, envelopes, attempt: 0, before, rushed };
    },
    remember({ envelopes, attempt, before, failures, failing, first }) {
      if (attempt + before === 0) return;
      const record = { cut: cutOf(envelopes), attempt, before, failures, failing, first };
      for (const { seq } of envelopes) records.set(seq, record);
    },
  };
}

function cutOf(envelopes: readonly Envelope[]): string {
  return `${envelopes[0]?.seq}-${envelopes.at(-1)?.seq}-${envelopes.length}`;
}
