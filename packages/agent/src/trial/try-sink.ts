import { createImdsClient } from "@forewarn/imds";
import { type Clock, type Logger, unknownVm } from "@forewarn/sdk";
import { systemClock } from "../clock.ts";
import { type Attempted, createAttempts } from "../delivery/attempt.ts";
import { batchOf } from "../delivery/batch.ts";
import { wholly } from "../delivery/courier.ts";
import { createOpening } from "../delivery/opening.ts";
import { redacted } from "../delivery/outcome.ts";
import { createRedactor } from "../delivery/redact.ts";
import type { Environment } from "../http/proxy.ts";
import { createSharedHttp } from "../http/shared-http.ts";
import { lendTo } from "../lend.ts";
import { silentLogger } from "../logger.ts";
import { createRoute } from "../router/router.ts";
import { type AgentOptions, settingsOf } from "../settings.ts";
import type { Observer } from "../source/observer.ts";
import { testEvent, type TestSample } from "./test-event.ts";

/** What came of a test event. */
export interface Receipt {
  /** As the agent would take it: `retry` would be tried again, `rejected` become a dead letter, the others pause the sink. */
  readonly outcome: "delivered" | "retry" | "rejected" | "misconfigured" | "hung";
  /** How long the delivery took, opening the sink left aside. */
  readonly ms: number;
  readonly message?: string;
  /** HTTP status or the vendor's own code. */
  readonly status?: number | string;
  /** The beginning of the destination's answer, redacted, at most 2 kB. */
  readonly excerpt?: string;
  /** Whether the sink's `when` would let such an event pass. */
  readonly wanted: boolean;
  /** The event as JSON text. */
  readonly event: string;
}

/** What is sent, and with what. */
export interface Trial {
  readonly sample: TestSample;
  /** Default: a VM of which nothing is known but this name. */
  readonly observer: Observer | { readonly name: string };
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly environment?: Environment;
}

/**
 * Sends one test event to one configured sink as the agent would, over the same HTTP and within the same timeout, and
 * stores nothing. Throws where the options name no such sink.
 */
export async function trySink(name: string, options: AgentOptions, trial: Trial): Promise<Receipt> {
  const { clock = systemClock, log = silentLogger, environment = process.env } = trial;
  const settings = settingsOf(options, environment);
  const sink = settings.sinks.find((each) => each.name === name);
  if (sink === undefined) throw new RangeError(`there is no sink ${JSON.stringify(name)}`);
  const imds = createImdsClient({ ...settings.imds, now: clock.now });
  const http = createSharedHttp({ environment, clock, log });
  const lend = lendTo(sink, { clock, log, http, imds });
  const opening = createOpening(() => sink.definition.open(sink.options as never, lend as never));
  const envelope = testEvent(trial.sample, observerOf(trial.observer), clock.now());
  const attempts = createAttempts(clock, new AbortController().signal);
  const { timeoutMs } = sink;
  let began = clock.monotonic();
  try {
    const attempted = await attempts.make(
      async (signal) => {
        const opened = await opening.get(signal);
        began = clock.monotonic();
        await opened.deliver(batchOf(name, [envelope], 1), { signal });
      },
      { timeoutMs },
    );
    const ms = clock.monotonic() - began;
    const clean = attempted.kind === "cut" ? attempted : redacted(attempted, createRedactor(sink.secrets));
    const wanted = createRoute(name, sink.when)(envelope);
    return { ...receiptOf(wholly(clean)), ms, wanted, event: envelope.json };
  } finally {
    await attempts.make(() => opening.close(), { timeoutMs });
    attempts.close();
    imds.close();
    await http.close();
  }
}

function receiptOf(outcome: Attempted): Pick<Receipt, "outcome" | "message" | "status" | "excerpt"> {
  switch (outcome.kind) {
    case "delivered":
      return { outcome: "delivered" };
    case "reject":
      return { ...partsOf(outcome), outcome: "rejected" };
    case "misconfigured":
    case "hung":
      return { ...partsOf(outcome), outcome: outcome.kind };
    default:
      return { ...partsOf(outcome), outcome: "retry" };
  }
}

function partsOf(outcome: Attempted): Pick<Receipt, "message" | "status" | "excerpt"> {
  const { message, status, excerpt } = outcome as Pick<Receipt, "message" | "status" | "excerpt">;
  return {
    ...(message === undefined ? {} : { message }),
    ...(status === undefined ? {} : { status }),
    ...(excerpt === undefined ? {} : { excerpt }),
  };
}

function observerOf(given: Trial["observer"]): Observer {
  if ("vm" in given) return given;
  return { source: "urn:forewarn:test", vm: { ...unknownVm, name: given.name }, simulated: true };
}
