import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { ImdsEndpoint, Telemetry } from "../telemetry.ts";

interface Streak {
  readonly since: number;
  readonly failures: number;
}

/** The same client, which tells telemetry of every bad answer, and of the first good one after them; a request that was given up, or could never be sent, is no answer. */
export function watchedImds<Imds extends Pick<ImdsClient, "instance" | "scheduledEvents" | "token">>(
  imds: Imds,
  { telemetry, clock }: { readonly telemetry: Telemetry; readonly clock: Clock },
): Imds {
  const streaks = new Map<ImdsEndpoint, Streak>();

  function good(endpoint: ImdsEndpoint): void {
    const streak = streaks.get(endpoint);
    if (streak === undefined) return;
    streaks.delete(endpoint);
    const downMs = Math.round(clock.monotonic() - streak.since);
    telemetry.emit("answersRecovered", { endpoint, failures: streak.failures, downMs });
  }

  function bad(endpoint: ImdsEndpoint, error: unknown): void {
    if (!isImdsError(error) || error.code === "aborted" || error.code === "invalid-argument") return;
    const { since = clock.monotonic(), failures = 0 } = streaks.get(endpoint) ?? {};
    streaks.set(endpoint, { since, failures: failures + 1 });
    telemetry.emit("answerFailed", {
      endpoint,
      code: error.code,
      message: error.message,
      failures: failures + 1,
    });
  }

  async function watch<T>(endpoint: ImdsEndpoint, answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      good(endpoint);
      return value;
    } catch (error) {
      bad(endpoint, error);
      throw error;
    }
  }

  return {
    ...imds,
    scheduledEvents: (...call: Parameters<ImdsClient["scheduledEvents"]>) =>
      watch("scheduledevents", imds.scheduledEvents(...call)),
    instance: ((...call: Parameters<ImdsClient["instance"]>) =>
      watch("instance", imds.instance(...call))) as ImdsClient["instance"],
    token: (...call: Parameters<ImdsClient["token"]>) => watch("identity", imds.token(...call)),
  };
}
