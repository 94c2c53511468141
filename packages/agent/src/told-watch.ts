import { type Clock, sdkVersion } from "@forewarn/sdk";
import { rfc3339 } from "./time/rfc3339.ts";
import type { Identity } from "./source/identity.ts";
import { ownEvent } from "./source/own-event.ts";
import type { Recorder } from "./source/recorder.ts";
import type { Source } from "./source/source.ts";

/** Tells that somebody watches this VM, and that he stops. */
export interface ToldWatch {
  /** Tells it as soon as the VM is known, and how long nobody watched; not where `signal` has aborted until then. */
  begin(signal: AbortSignal): Promise<void>;
  /** Tells the end of a watch of which the beginning was told. */
  end(): void;
}

/** Makes the events `agent.started` and `agent.stopped`. */
export function tellWatch(options: {
  readonly identity: Pick<Identity, "known">;
  readonly source: Pick<Source, "lastGoodBefore">;
  readonly record: Recorder;
  readonly clock: Clock;
}): ToldWatch {
  const { identity, source, record, clock } = options;
  const began = clock.monotonic();
  let isTold = false;
  return {
    async begin(signal) {
      await identity.known();
      if (signal.aborted) return;
      const now = clock.now();
      const last = source.lastGoodBefore;
      isTold = record([
        ownEvent("io.forewarn.agent.started", now, {
          version: sdkVersion,
          lastGoodPoll: rfc3339(last),
          // A clock that went back leaves it unknown.
          gapMs: last === null || last > now ? null : now - last,
        }),
      ]);
    },
    end() {
      if (!isTold) return;
      const uptimeMs = Math.round(clock.monotonic() - began);
      record([ownEvent("io.forewarn.agent.stopped", clock.now(), { version: sdkVersion, uptimeMs })]);
    },
  };
}
