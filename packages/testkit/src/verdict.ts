import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { idsOf, isThe } from "./arrived.ts";
import { type Outcome, inWords } from "./outcome.ts";
import type { Rig } from "./rig.ts";

/** Fails a case with a sentence that says what the sink did and what the contract wants. */
export function broken(message: string): never {
  throw new Error(message);
}

/** Fails unless two values are deeply equal; the report shows how they differ. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError({
    message: `${what} is not as expected`,
    actual,
    expected,
    operator: "deepStrictEqual",
  });
}

/** Fails unless the outcome is one of these. */
export function expectKind(outcome: Outcome, kinds: readonly Outcome["kind"][], circumstance: string): void {
  if (kinds.includes(outcome.kind)) return;
  broken(`${circumstance}: ${inWords(outcome)}, expected: ${kinds.join(" or ")}`);
}

/** The ids of what the other end has, in order. */
export async function arrivedAt(rig: Rig, sent: readonly ForewarnEvent[]): Promise<readonly string[]> {
  return idsOf(await rig.end.received(), sent);
}

/** Fails unless the other end has all of these, and as they were sent where it can tell. */
export async function expectArrived(rig: Rig, events: readonly ForewarnEvent[]): Promise<void> {
  const received = await rig.end.received();
  const missing = events.filter((event) => !received.some((one) => isThe(event, one)));
  if (missing.length > 0) {
    const ids = missing.map(({ id }) => id).join(", ");
    broken(`deliver resolved, but the destination does not have ${ids}`);
  }
  for (const one of received.filter(({ event }) => event !== undefined)) {
    const sent = events.find((event) => isThe(event, one));
    if (sent !== undefined) expectSame(`the event ${sent.id} as it arrived`, one.event, sent);
  }
}

/** Delivers events, batch after batch; fails unless each resolves and has then arrived. */
export async function deliver(rig: Rig, events: readonly ForewarnEvent[]): Promise<void> {
  for (const batch of rig.batches(events)) {
    expectKind(await rig.attempt(batch), ["delivered"], "a destination that takes everything");
    await expectArrived(rig, batch.events);
  }
}

/** Lets the other end take everything again and repeats the batch, as the agent does; fails unless it then arrives. */
export async function recover(rig: Rig, batch: Batch, circumstance: string): Promise<void> {
  await rig.end.behave({ kind: "accept" });
  let outcome: Outcome | undefined;
  // Connections of before may break once more each.
  for (let attempt = batch.attempt + 1; attempt <= batch.attempt + 3; attempt++) {
    outcome = await rig.attempt(Object.freeze(again(batch, attempt)));
    if (outcome.kind !== "retry") break;
  }
  if (outcome !== undefined) expectKind(outcome, ["delivered"], `the same batch ${circumstance}`);
  await expectArrived(rig, batch.events);
}

function again({ id, events, encoded }: Batch, attempt: number): Batch {
  return { id, attempt, events, encoded };
}

/** The only batch of one event. */
export function alone(rig: Rig, event: ForewarnEvent): Batch {
  return rig.batches([event])[0] ?? broken("no batch was cut");
}
