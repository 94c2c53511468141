import type { ImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { Telemetry } from "../telemetry.ts";
import { elapsedBetween, type Moment, momentOf } from "./moment.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

/** Keeps account of answers that were no good, and tells when IMDS goes away and comes back. */
export interface Outage {
  /** Notes a bad answer to what was asked at `began`, and returns how many there have been in a row. */
  failed(error: ImdsError, began: Moment): number;
  /** Whether it told that IMDS is unreachable, and no good answer was noted since. */
  unreachable(): boolean;
  /** Notes a good answer. */
  over(): void;
}

const checkpointName = "unreachable";

/** What was told of an outage: when it began, epoch milliseconds. */
interface Told {
  readonly since: number;
}

/** No outage yet, but one that a run before told of and did not see the end of. */
export function createOutage(options: {
  readonly clock: Clock;
  readonly record: Recorder;
  readonly telemetry: Telemetry;
  readonly unreachableAfterMs: number;
  /** The last good answer of the run before, epoch milliseconds; null where there was none. */
  readonly lastGoodBefore: number | null;
  readonly outbox: Pick<Outbox, "checkpoint">;
}): Outage {
  const { clock, record, telemetry } = options;
  let failures = 0;
  const before = options.outbox.checkpoint<Told>(checkpointName);
  let since = momentAt(before?.since ?? clock.now());
  let downMs = downFor();
  let told = before !== null;
  let unreachable = told;
  let lastGood = options.lastGoodBefore;

  /** A moment of the wall clock, which may have been before this process. */
  function momentAt(wall: number): Moment {
    return { wall, monotonic: clock.monotonic() - Math.max(0, clock.now() - wall) };
  }

  function downFor(): number {
    return Math.round(elapsedBetween(since, momentOf(clock)));
  }

  return {
    failed({ code, message }, began) {
      failures++;
      // Where the recovery could not be stored the outage before goes on, as far as anyone was told.
      if (failures === 1 && !told) since = began;
      telemetry.emit("pollFailed", { code, message, failures });
      // While the machine was suspended nobody asked: that alone is no outage.
      if (!told && clock.monotonic() - since.monotonic >= options.unreachableAfterMs) {
        const event = ownEvent("io.forewarn.imds.unreachable", clock.now(), {
          since: rfc3339(since.wall),
          code,
          message,
          lastGoodPoll: rfc3339(lastGood),
        });
        told = record([event], { checkpoints: { [checkpointName]: { since: since.wall } } });
      }
      unreachable = told;
      return failures;
    },
    unreachable: () => unreachable,
    over() {
      unreachable = false;
      lastGood = clock.now();
      if (failures > 0) {
        downMs = downFor();
        telemetry.emit("pollRecovered", { failures, downMs });
        failures = 0;
      }
      if (!told) return;
      const data = { since: rfc3339(since.wall), downMs };
      const event = ownEvent("io.forewarn.imds.recovered", clock.now(), data);
      told = !record([event], { checkpoints: { [checkpointName]: null } });
    },
  };
}
