import type { Clock } from "@forewarn/sdk";
import type { EventDraft } from "../normalize/draft.ts";
import { isStarted, type Lifecycle } from "../normalize/lifecycle.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import { leapBetween, type Moment, momentOf } from "./moment.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

const tickMs = 1000;
/** Longer than a busy machine or a correction of the clock makes a timer wait. */
const tellAfterMs = 5000;
/** While an event of this VM is under way it is the likelier reason, and Azure's pauses are mostly under ten seconds. */
const tellAfterDuringEventMs = 2000;
/** An event may begin when its NotBefore has come, although it is not said to have started yet. */
const earlyMs = 5000;

/** Watches whether the process stands still, and tells for how long it did. */
export interface StallWatch {
  /** Looks at both clocks every second, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * A timer that is late by the monotonic clock says that the process did not run; a time of day that leaps ahead of that
 * clock, that the machine was suspended.
 */
export function createStallWatch(options: {
  readonly clock: Clock;
  readonly record: Recorder;
  readonly lifecycles: () => Iterable<Lifecycle>;
}): StallWatch {
  const { clock, record, lifecycles } = options;
  let untold: readonly EventDraft[] = [];

  function look(before: Moment): readonly EventDraft[] {
    const now = momentOf(clock);
    const lateMs = Math.max(0, now.monotonic - before.monotonic - tickMs);
    const leapMs = leapBetween(before, now);
    const gapMs = Math.round(lateMs + leapMs);
    const cause = likeliest(lifecycles(), now.wall);
    if (gapMs < (cause === null ? tellAfterMs : tellAfterDuringEventMs)) return [];
    return [
      ownEvent("io.forewarn.agent.stalled", now.wall, {
        gapMs,
        clock: leapMs > lateMs ? "wall" : "monotonic",
        since: rfc3339(before.wall),
        scheduledEvent: cause,
      }),
    ];
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        const before = momentOf(clock);
        await clock.sleep(tickMs, signal);
        if (signal.aborted) return;
        untold = [...untold, ...look(before)];
        if (untold.length > 0 && record(untold)) untold = [];
      }
    },
  };
}

type Cause = Parameters<typeof ownEvent<"io.forewarn.agent.stalled">>[2]["scheduledEvent"];

/** The event of this VM that has started, a Freeze first, else one whose time has come. */
function likeliest(lifecycles: Iterable<Lifecycle>, now: number): Cause {
  const own = [...lifecycles].filter(
    ({ goneAt, affectsSelf, entry, notBefore }) =>
      goneAt === null &&
      affectsSelf === true &&
      (isStarted(entry.eventStatus) || (notBefore !== null && notBefore - earlyMs <= now)),
  );
  const [entry] = own.map((lifecycle) => lifecycle.entry).toSorted((a, b) => likelihood(b) - likelihood(a));
  if (entry === undefined) return null;
  const { eventId, eventType, eventStatus, durationSeconds } = entry;
  return { eventId, eventType, status: eventStatus, durationSeconds };
}

function likelihood({ eventType, eventStatus }: Lifecycle["entry"]): number {
  return (isStarted(eventStatus) ? 2 : 0) + (eventType.toLowerCase() === "freeze" ? 1 : 0);
}
