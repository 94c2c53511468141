import { type Clock, type ForewarnEvent, RetryError } from "@forewarn/sdk";

/** How a batch is told: some events each in a message of its own, and the others together. Indexes of the batch. */
export interface Plan {
  readonly alone: readonly number[];
  readonly together: readonly number[];
}

/** Notices when events come faster than people read. */
export interface Storm {
  plan(events: readonly ForewarnEvent[]): Plan;
  /** Waits until another digest may follow the last one; throws a `RetryError` where `signal` aborts first. */
  calm(signal: AbortSignal): Promise<void>;
  /** Notes what was posted: so many events, and whether in a digest. */
  posted(events: number, inDigest: boolean): void;
}

/** Least time between digests: long enough to gather, short enough for a delivery's timeout and a shutdown. */
const digestEveryMs = 5000;

/**
 * More than `after` events within `windowMs` are a storm; with `after` 0 nothing is. What affects this VM and is an error
 * is told alone even then, with the rest of its story in the same batch, so that nothing hides it and it stays in order.
 */
export function createStorm(options: {
  readonly after: number;
  readonly windowMs: number;
  readonly clock: Clock;
}): Storm {
  const { after, windowMs, clock } = options;
  let posts: { readonly at: number; readonly events: number }[] = [];
  let lastDigest = Number.NEGATIVE_INFINITY;

  function recent(): number {
    const from = clock.monotonic() - windowMs;
    posts = posts.filter(({ at }) => at > from);
    return posts.reduce((sum, { events }) => sum + events, 0);
  }

  return {
    plan(events) {
      const all = events.map((_, index) => index);
      if (after === 0 || recent() + events.length <= after) return { alone: all, together: [] };
      const grave = new Set(events.filter(isGrave).map(keyOf));
      const isAlone = (index: number) => grave.has(keyOf(events[index] as ForewarnEvent));
      const rest = all.filter((index) => !isAlone(index));
      return { alone: all.filter(isAlone), together: rest };
    },
    async calm(signal) {
      const left = lastDigest + Math.min(digestEveryMs, windowMs) - clock.monotonic();
      if (left > 0) await clock.sleep(left, signal);
      if (signal.aborted) throw new RetryError("time was up before the next digest of a storm was due");
    },
    posted(events, inDigest) {
      const at = clock.monotonic();
      posts.push({ at, events });
      if (inDigest) lastDigest = at;
    },
  };
}

function isGrave({ severitytext, affectsself }: ForewarnEvent): boolean {
  return severitytext === "ERROR" && affectsself !== false;
}

/** The story that an event belongs to. */
function keyOf({ subject, type }: ForewarnEvent): string {
  return subject ?? type;
}
