import type { Clock } from "@forewarn/sdk";

/** Calls back at moments of the monotonic clock, most of which are cancelled before they come. */
export interface Alarm {
  /** Calls `ring` at `due`, unless the returned function is called before. */
  at(due: number, ring: () => void): () => void;
  /** Rings no more. */
  close(): void;
}

interface Entry {
  readonly due: number;
  readonly ring: () => void;
}

/**
 * An alarm with one sleep for all moments: a sleep that was begun for a moment that was cancelled goes on, and the next
 * moment is looked for when it ends. So setting and cancelling cost no timer each.
 */
export function createAlarm(clock: Clock): Alarm {
  const entries = new Set<Entry>();
  let sleeping: { readonly until: number; readonly end: AbortController } | undefined;

  async function sleep(until: number): Promise<void> {
    sleeping?.end.abort(settled);
    const end = new AbortController();
    sleeping = { until, end };
    await clock.sleep(Math.max(0, until - clock.monotonic()), end.signal);
    if (end.signal.aborted) return;
    sleeping = undefined;
    const now = clock.monotonic();
    for (const entry of entries) {
      if (entry.due > now) continue;
      entries.delete(entry);
      entry.ring();
    }
    const next = Math.min(...[...entries].map(({ due }) => due));
    if (next !== Number.POSITIVE_INFINITY) wakeAt(next);
  }

  function wakeAt(due: number): void {
    if (sleeping === undefined || due < sleeping.until) void sleep(due);
  }

  return {
    at(due, ring) {
      const entry = { due, ring };
      entries.add(entry);
      wakeAt(due);
      return () => void entries.delete(entry);
    },
    close() {
      entries.clear();
      sleeping?.end.abort(settled);
      sleeping = undefined;
    },
  };
}

// An abort without a reason makes an error with a stack, which nobody would read here.
const settled = "settled";
