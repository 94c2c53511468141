import { isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

/** Keeps account of answers that were no good, and tells when IMDS goes away and comes back. */
export interface Outage {
  /** Notes a bad answer and returns how many there have been in a row. */
  failed(error: unknown): number;
  /** Notes a good answer. */
  over(): void;
}

/** No outage yet. */
export function createOutage(options: {
  readonly clock: Clock;
  readonly record: Recorder;
  readonly telemetry: Telemetry;
  readonly unreachableAfterMs: number;
}): Outage {
  const { clock, record, telemetry } = options;
  let failures = 0;
  let since = { wall: 0, monotonic: 0 };
  let told = false;
  let lastGood: number | null = null;

  return {
    failed(error) {
      failures++;
      if (failures === 1) since = { wall: clock.now(), monotonic: clock.monotonic() };
      const message = error instanceof Error ? error.message : String(error);
      const code = isImdsError(error) ? error.code : "state";
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
      if (failures === 0) return;
      const downMs = Math.round(clock.monotonic() - since.monotonic);
      telemetry.emit("pollRecovered", { failures, downMs });
      if (told) {
        record([
          ownEvent("io.forewarn.imds.recovered", clock.now(), {
            since: new Date(since.wall).toISOString(),
            downMs,
          }),
        ]);
      }
      failures = 0;
      told = false;
    },
  };
}
