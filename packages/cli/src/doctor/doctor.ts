import { checkAgent } from "./check-agent.ts";
import { checkAzure } from "./check-azure.ts";
import { checkClock } from "./check-clock.ts";
import { checkConfiguration } from "./check-configuration.ts";
import { checkGuestProxy } from "./check-guest-proxy.ts";
import { checkIdentity } from "./check-identity.ts";
import { checkProxy } from "./check-proxy.ts";
import { checkRoute } from "./check-route.ts";
import { checkScheduledEvents } from "./check-scheduled-events.ts";
import { checkSinks } from "./check-sinks.ts";
import { checkState } from "./check-state.ts";
import { checkVersions } from "./check-versions.ts";
import type { Finding } from "./finding.ts";
import type { Check, Patient } from "./patient.ts";

/** The way to IMDS, what it says, then what becomes of it; later checks go by what earlier ones found. */
const checks: readonly Check[] = [
  checkAzure,
  checkRoute,
  checkProxy,
  checkGuestProxy,
  checkVersions,
  checkClock,
  checkScheduledEvents,
  checkIdentity,
  checkConfiguration,
  checkState,
  checkAgent,
  checkSinks,
];

/** Looks at everything that the agent depends on, one after the other. */
export async function* examine(patient: Patient): AsyncIterable<Finding> {
  for (const check of checks) yield* check(patient);
}
