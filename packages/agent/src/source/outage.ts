import type { ImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

/** A moment by both clocks. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly wall: number;
  readonly monotonic: number;
}

/** Keeps account of answers that were no good, and tells when IMDS goes away and comes back. */
export interface Outage {
  /** Notes a bad answer to what was asked at `began`, and returns how many there have been in a row. */
  failed(error: ImdsError, began: Moment): number;
  /** Notes a good answer. */
  over(): void;
}

/** No outage yet. */
export function createOutage(options: {
  readonly clock: Clock;
  readonly record: Recorder;
  readonly telemetry: Telemetry;
  readonly unreachableAfterMs: number;
  /** The last good answer of the run before, epoch milliseconds; null where there was none. */
  readonly lastGoodBefore: number | null;
}): Outage {
  const { clock, record, telemetry } = options;
  let failures = 0;
  let since: Moment = { wall: 0, monotonic: 0 };
  let downMs = 0;
  let told = false;
  let lastGood = options.lastGoodBefore;

  return {
    failed({ code, message }, began) {
      failures++;
      // Where the recovery could not be stored the outage before goes on, as far as anyone was told.
      if (failures === 1 && !told) since = began;
      telemetry.emit("pollFailed", { code, message, failures });
      if (!told && clock.monotonic() - since.monotonic >= options.unreachableAfterMs) {
        told = record([
          ownEvent("io.forewarn.imds.unreachable", clock.now(), {
            since: new Date(since.wall).toISOString(),
            code,
            message,
            lastGoodPoll: lastGood === null ? null : new Date(lastGood).toISOString(),
          }),
        ]);
      }
      return failures;
    },
    over() {
      lastGood = clock.now();
      if (failures > 0) {
        downMs = Math.round(clock.monotonic() - since.monotonic);
        telemetry.emit("pollRecovered", { failures, downMs });
        failures = 0;
      }
      if (!told) return;
      const data = { since: new Date(since.wall).toISOString(), downMs };
      told = !record([ownEvent("io.forewarn.imds.recovered", clock.now(), data)]);
    },
  };
}
