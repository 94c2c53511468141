import { unknownVm } from "@forewarn/sdk";
import { systemClock } from "../time/clock.ts";
import type { Attempted } from "../delivery/attempt/attempt.ts";
import { batchOf } from "../delivery/attempt/batch.ts";
import { wholly } from "../delivery/attempt/courier.ts";
import { createRoute } from "../router/router.ts";
import type { AgentOptions } from "../settings.ts";
import type { Observer } from "../source/observer.ts";
import { callSink, type Surroundings } from "./call-sink.ts";
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
export interface Trial extends Surroundings {
  readonly sample: TestSample;
  /** Default: a VM of which nothing is known but this name. */
  readonly observer: Observer | { readonly name: string };
}

/**
 * Sends one test event to one configured sink as the agent would, over the same HTTP and within the same timeout, and
 * stores nothing. Throws where the options name no such sink.
 */
export async function trySink(name: string, options: AgentOptions, trial: Trial): Promise<Receipt> {
  const { clock = systemClock } = trial;
  const envelope = testEvent(trial.sample, observerOf(trial.observer), clock.now());
  const { attempted, ms, sink } = await callSink(name, options, trial, async (opened, signal) => {
    await opened.deliver(batchOf(name, [envelope], 1), { signal });
  });
  const wanted = createRoute(name, sink.when)(envelope);
  return { ...receiptOf(wholly(attempted)), ms, wanted, event: envelope.json };
}

/** An outcome as a person is told of it. */
export function receiptOf(outcome: Attempted): Pick<Receipt, "outcome" | "message" | "status" | "excerpt"> {
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
