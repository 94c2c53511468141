import type { Clock } from "@forewarn/sdk";
import { joinedIds } from "../normalize/given-ids.ts";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** What is known of each EventId: read from the outbox at the start, and kept in step with it. */
export interface Lifecycles {
  /** By EventId in lower case. */
  readonly known: ReadonlyMap<string, Lifecycle>;
  /** Takes over what was stored; what is gone for longer than the retention is forgotten. */
  learn(lifecycles: readonly Lifecycle[]): void;
  /** A lifecycle that was worked out before, with what has become of its approval since. */
  upToDate(lifecycle: Lifecycle): Lifecycle;
}

/** Knows what the outbox remembers. */
export function createLifecycles(options: {
  readonly outbox: Pick<Outbox, "lifecycles">;
  readonly clock: Clock;
  readonly retentionMs: number;
}): Lifecycles {
  const { clock, retentionMs } = options;
  const known = options.outbox.lifecycles();
  return {
    known,
    learn(lifecycles) {
      for (const lifecycle of lifecycles) known.set(lifecycle.eventId, lifecycle);
      const oldest = clock.now() - retentionMs;
      for (const { eventId, goneAt } of known.values())
        if (goneAt !== null && goneAt < oldest) known.delete(eventId);
    },
    upToDate(lifecycle) {
      const now = known.get(lifecycle.eventId);
      if (now?.occurrence !== lifecycle.occurrence) return lifecycle;
      const { approval, intent, refused } = now;
      return {
        ...lifecycle,
        approval,
        ...(intent === undefined ? {} : { intent }),
        ...(refused === undefined ? {} : { refused }),
        ids: joinedIds(lifecycle, now),
      };
    },
  };
}
