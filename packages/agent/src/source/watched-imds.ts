import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { ImdsEndpoint, Telemetry } from "../telemetry.ts";
import { createAnswerStreak } from "./answer-streak.ts";

/** The same client, which tells telemetry of every bad answer, and of the first good one after them; a request that was given up, or could never be sent, is no answer. */
export function watchedImds<Imds extends Pick<ImdsClient, "instance" | "scheduledEvents" | "token">>(
  imds: Imds,
  context: { readonly telemetry: Telemetry; readonly clock: Clock },
): Imds {
  function watcher(endpoint: ImdsEndpoint) {
    const streak = createAnswerStreak(endpoint, context);
    return async <T>(answer: Promise<T>): Promise<T> => {
      try {
        const value = await answer;
        streak.good();
        return value;
      } catch (error) {
        if (isImdsError(error) && error.code !== "aborted" && error.code !== "invalid-argument")
          streak.bad(error);
        throw error;
      }
    };
  }

  const polled = watcher("scheduledevents");
  const read = watcher("instance");
  const granted = watcher("identity");
  return {
    ...imds,
    scheduledEvents: (...call: Parameters<ImdsClient["scheduledEvents"]>) =>
      polled(imds.scheduledEvents(...call)),
    instance: ((...call: Parameters<ImdsClient["instance"]>) =>
      read(imds.instance(...call))) as ImdsClient["instance"],
    token: (...call: Parameters<ImdsClient["token"]>) => granted(imds.token(...call)),
  };
}
