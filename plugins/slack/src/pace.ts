import { type Clock, RetryError, formatDuration } from "@forewarn/sdk";

/** The pace at which messages go to one webhook, shared by all sinks that post to it. */
export interface Pace {
  /**
   * Resolves when the next message may be posted, which is then counted. Throws a `RetryError` where Slack has asked
   * for a longer wait, or where `signal` aborts first; nothing has been posted then.
   */
  turn(signal: AbortSignal): Promise<void>;
  /** Counts a message that was posted without waiting for its turn. */
  count(): void;
  /** Slack asked for a wait, in milliseconds: no message is posted before it is over. */
  hold(ms: number): void;
}

/** One message per second, with short bursts: docs.slack.dev/apis/web-api/rate-limits. */
const intervalMs = 1000;
const burst = 3;
/** As the agent caps it. */
const longestHoldMs = 3_600_000;

const paces = new WeakMap<Clock, Map<string, Pace>>();

/** The pace of a webhook: the same for every sink of a process, also when a sink is opened again. */
export function paceOf(url: string, clock: Clock): Pace {
  const known = paces.get(clock) ?? new Map<string, Pace>();
  paces.set(clock, known);
  const pace = known.get(url) ?? createPace(clock);
  known.set(url, pace);
  return pace;
}

/** A pace of its own. All times are of the clock that never goes back. */
export function createPace(clock: Clock): Pace {
  /** When one message could go out if each had taken its full second; a burst runs ahead of it. */
  let due = Number.NEGATIVE_INFINITY;
  let heldUntil = Number.NEGATIVE_INFINITY;

  function refuseIfHeld(): void {
    const left = heldUntil - clock.monotonic();
    if (left <= 0) return;
    throw new RetryError(`Slack asked to wait another ${formatDuration(left)}`, {
      retryAfterMs: Math.ceil(left),
    });
  }

  /** Takes the next place in the line; the moment at which it is due. */
  function place(): number {
    const now = clock.monotonic();
    due = Math.max(due, now - (burst - 1) * intervalMs) + intervalMs;
    return due - intervalMs;
  }

  return {
    async turn(signal) {
      refuseIfHeld();
      const left = place() - clock.monotonic();
      if (left > 0) await clock.sleep(left, signal);
      if (signal.aborted) {
        // Gives its place back: attempts that are cut short would else push their own next one ever further away.
        due -= intervalMs;
        throw new RetryError("time was up before its turn at one message per second");
      }
      refuseIfHeld();
    },
    count: () => void place(),
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.monotonic() + Math.min(ms, longestHoldMs));
    },
  };
}
