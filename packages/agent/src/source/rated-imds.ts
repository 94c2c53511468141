import { createImdsClient, createRateBudget, type ImdsClient } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import { type ImdsSettings, pollsPerSecond } from "../settings.ts";

/** The agent's one client of IMDS, with a rate in which polls have a part of their own; closed by who made it. */
export function ratedImds(settings: ImdsSettings, clock: Clock): ImdsClient {
  const perSecond = settings.maxRequestsPerSecond;
  const reserved = Math.min(pollsPerSecond(settings.pollIntervalMs), perSecond - 1);
  return createImdsClient({
    endpoint: settings.endpoint,
    requestTimeoutMs: settings.requestTimeoutMs,
    budget: createRateBudget({ perSecond, reserved, clock }),
    now: clock.now,
  });
}
