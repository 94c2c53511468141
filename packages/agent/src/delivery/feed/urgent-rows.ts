import type { Envelope } from "../../outbox/envelope.ts";
import type { Outbox } from "../../outbox/outbox.ts";

/** One sink's urgent stories as they were last read. Every lane asks before and after every batch. */
export interface UrgentRows {
  /** What of the urgent stories is not settled at `now`, in order, at most one page; reads only where that may have changed. */
  look(now: number): readonly Envelope[];
  /** It need not be read again for events that this sink has settled. */
  settled(envelopes: readonly Envelope[]): void;
  /** Something that was settled is not any more. */
  forget(): void;
}

/** Keeps what `read` gives, at most `page` events, until another event is stored, or time makes more or less urgent. */
export function createUrgentRows(options: {
  readonly outbox: Pick<Outbox, "last" | "urgency">;
  readonly page: number;
  readonly read: (now: number) => { readonly rows: readonly Envelope[]; readonly complete: boolean };
}): UrgentRows {
  const { outbox, page, read } = options;
  let kept = new Map<number, Envelope>();
  let complete = false;
  let last = -1;
  let changesAt: number | null = null;

  function isFresh(now: number): boolean {
    // Of a longer list the rest is read in time.
    const enough = complete || kept.size > page / 2;
    return enough && last === outbox.last() && changesAt === outbox.urgency(now).changesAt;
  }

  return {
    look(now) {
      if (!isFresh(now)) {
        const found = read(now);
        kept = new Map(found.rows.map((row) => [row.seq, row]));
        ({ complete } = found);
        last = outbox.last();
        ({ changesAt } = outbox.urgency(now));
      }
      return [...kept.values()];
    },
    settled(envelopes) {
      for (const { seq } of envelopes) kept.delete(seq);
    },
    forget() {
      last = -1;
    },
  };
}
