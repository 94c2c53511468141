/** Says when a trouble that goes on is told again: at once, after 1, 10 and 60 minutes, then every hour. */
export interface Reminder {
  /** Whether it is time to tell of this trouble; for how long it has gone on, in milliseconds. */
  due(trouble: string): { readonly tell: boolean; readonly forMs: number };
  /** It is over; undefined where there was none. */
  over(trouble: string): { readonly forMs: number } | undefined;
}

const minute = 60_000;
const intervals = [minute, 10 * minute, 60 * minute];

/** No trouble yet; `now` is a clock that never goes back, in milliseconds. */
export function createReminder(now: () => number = () => performance.now()): Reminder {
  const troubles = new Map<string, { readonly since: number; told: number; next: number }>();
  return {
    due(trouble) {
      const known = troubles.get(trouble);
      if (known === undefined) {
        troubles.set(trouble, { since: now(), told: 0, next: now() + minute });
        return { tell: true, forMs: 0 };
      }
      const tell = now() >= known.next;
      if (tell) {
        known.told++;
        known.next = now() + (intervals[Math.min(known.told, intervals.length - 1)] as number);
      }
      return { tell, forMs: now() - known.since };
    },
    over(trouble) {
      const known = troubles.get(trouble);
      troubles.delete(trouble);
      return known && { forMs: now() - known.since };
    },
  };
}
