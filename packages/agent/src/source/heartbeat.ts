import { type Clock, sdkVersion } from "@forewarn/sdk";
import type { Subscription } from "../delivery/subscription.ts";
import { readable } from "../readable.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { Telemetry } from "../telemetry.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

/** Tells at every interval that the agent is alive, and how it is. */
export interface Heartbeat {
  run(signal: AbortSignal): Promise<void>;
}

/** Counts from now on; tells nothing before the first interval is over. */
export function createHeartbeat(options: {
  readonly clock: Clock;
  readonly record: Recorder;
  readonly telemetry: Telemetry;
  readonly sinks: () => readonly Pick<Subscription, "look" | "name">[];
  /** Null: never. */
  readonly intervalMs: number | null;
}): Heartbeat {
  const { clock, record, telemetry, intervalMs } = options;
  const began = clock.monotonic();
  let lastGoodPoll: number | null = null;
  let good = 0;
  let bad = 0;
  let events = 0;

  telemetry.on("polled", () => {
    good++;
    lastGoodPoll = clock.now();
  });
  telemetry.on("pollFailed", () => bad++);
  telemetry.on("appended", (envelopes) => (events += envelopes.length));

  function waiting({ name, look }: Pick<Subscription, "look" | "name">) {
    const backlog = readable(look);
    return {
      name,
      pending: backlog?.events ?? null,
      oldestUndelivered: rfc3339(backlog?.oldest ?? null),
    };
  }

  return {
    async run(signal) {
      if (intervalMs === null) return;
      while (!signal.aborted) {
        await clock.sleep(intervalMs, signal);
        if (signal.aborted) return;
        const heartbeat = ownEvent("io.forewarn.agent.heartbeat", clock.now(), {
          version: sdkVersion,
          uptimeMs: Math.round(clock.monotonic() - began),
          lastGoodPoll: rfc3339(lastGoodPoll),
          polls: { good, bad },
          events,
          sinks: options.sinks().map(waiting),
        });
        // One that cannot be stored is not missed: the next one says more.
        record([heartbeat]);
      }
    },
  };
}
