import type { ImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { ImdsEndpoint, Telemetry } from "../telemetry.ts";
import { elapsedBetween, momentOf } from "./moment.ts";

/** Tells telemetry of every bad answer of an endpoint, and of the first good one after them. */
export interface AnswerStreak {
  good(): void;
  bad(error: Pick<ImdsError, "code" | "message">): void;
}

/** No answer yet. */
export function createAnswerStreak(
  endpoint: ImdsEndpoint,
  { telemetry, clock }: { readonly telemetry: Telemetry; readonly clock: Clock },
): AnswerStreak {
  let failures = 0;
  let since = momentOf(clock);
  return {
    good() {
      if (failures === 0) return;
      const downMs = Math.round(elapsedBetween(since, momentOf(clock)));
      telemetry.emit("answersRecovered", { endpoint, failures, downMs });
      failures = 0;
    },
    bad({ code, message }) {
      if (failures === 0) since = momentOf(clock);
      failures++;
      telemetry.emit("answerFailed", { endpoint, code, message, failures });
    },
  };
}
