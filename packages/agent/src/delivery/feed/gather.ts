import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "../../outbox/envelope.ts";
import type { Telemetry } from "../../telemetry.ts";
import type { Bell } from "../bell.ts";
import type { BatchLimits } from "../sink-settings.ts";
import type { Feed } from "./feed.ts";

/** Reads a sink's events as batches. */
export interface Gather {
  /** Takes the next events that may travel together, which may wait to become more; an empty list where nothing is there. */
  next(limits: BatchLimits): Promise<readonly Envelope[]>;
  /** Reads a little when all else had its turn, so that so many can be taken at once while the sink is at work. */
  ahead(count: number): void;
}

const readAgainMs = 5000;

/** Reads a sink's feed; `isUrgent` ends the wait for more. */
export function createGather(options: {
  readonly clock: Clock;
  readonly bell: Bell;
  readonly feed: Feed;
  readonly telemetry: Telemetry;
  readonly draining: AbortSignal;
  readonly isUrgent: () => boolean;
}): Gather {
  const { clock, bell, feed, telemetry, draining, isUrgent } = options;

  let isReading = false;

  /** Reads until so many events can be taken or nothing is left, and lets others have their turn in between. */
  async function readOn(count: number): Promise<void> {
    while (feed.fill(count)) await turn();
  }

  /** Waits until the batch that has begun is full or its time is over. */
  async function linger(limits: BatchLimits): Promise<void> {
    const until = clock.monotonic() + limits.lingerMs;
    while (feed.ready(limits) === "some" && clock.monotonic() < until && !draining.aborted && !isUrgent()) {
      await bell.nap(until - clock.monotonic(), bell.rings(), draining);
      await readOn(limits.maxEvents);
    }
  }

  function readAhead(count: number): void {
    isReading = false;
    try {
      feed.fill(count);
    } catch {
      // Whoever needs the events reads again, and tells.
    }
  }

  return {
    async next(limits) {
      try {
        await readOn(limits.maxEvents);
        if (limits.lingerMs > 0) await linger(limits);
        return feed.take(limits);
      } catch (error) {
        telemetry.emit("stateFailed", { doing: "reading events", message: (error as Error).message });
        await clock.sleep(readAgainMs, draining);
        bell.ring();
        return [];
      }
    },
    ahead(count) {
      if (isReading || draining.aborted) return;
      isReading = true;
      setImmediate(readAhead, count);
    },
  };
}
