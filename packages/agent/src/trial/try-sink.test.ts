import {
  type ForewarnEvent,
  eventDeclarations,
  eventSchema,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
  defineSink,
  Type,
} from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, test } from "vitest";
import { now, observer } from "../outbox/fixtures/draft.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { testEvent, testSamples } from "./test-event.ts";
import { type Receipt, trySink } from "./try-sink.ts";

/** Tries a sink whose `deliver` does this; time passes where it waits. */
async function tried(
  deliver: (event: ForewarnEvent, signal: AbortSignal) => unknown,
  settings: { readonly minSeverity?: "error" | "warn"; readonly types?: readonly string[] } = {},
): Promise<Receipt> {
  const clock = createVirtualClock({ now });
  const definition = defineSink({
    type: "test",
    summary: "Does what the test says.",
    options: Type.Object({}),
    open: () => ({
      deliver: async ({ events }, { signal }) => void (await deliver(events[0] as ForewarnEvent, signal)),
    }),
  });
  const sinks = [{ name: "ops", definition, when: settings as never, secrets: ["s3cr3t-key"] }];
  const ended = new AbortController();
  const trial = trySink("ops", { state: { path: "none" }, sinks }, { sample: "preempt", observer, clock });
  void trial.then(() => ended.abort());
  for (let second = 0; !ended.signal.aborted && second < 60; second++) await clock.advance(500);
  return trial;
}

describe("a test event", () => {
  test.each(testSamples)("%s is valid, and says that it is a test", (sample) => {
    const { event, intact } = testEvent(sample, observer, now);
    const declared = eventDeclarations.find(({ type }) => type === event.type);
    const ajv = createAjv();
    expect(
      ajv.validate(eventSchema(declared as (typeof eventDeclarations)[number]), structuredClone(event)),
    ).toBe(true);
    expect(intact).toBe(true);
    expect(event.data).toMatchObject({
      simulated: true,
      description: expect.stringContaining("test") as string,
    });
  });

  test("has an id of its own each time", () => {
    expect(testEvent("reboot", observer, now).id).not.toBe(testEvent("reboot", observer, now).id);
  });
});

describe("the receipt", () => {
  const fail = (error: Error) => () => {
    throw error;
  };

  test("says how long a delivery took", async () => {
    const seen: ForewarnEvent[] = [];
    const receipt = await tried((event) => void seen.push(event));
    expect(receipt).toMatchObject({ outcome: "delivered", ms: 0, wanted: true });
    expect(JSON.parse(receipt.event)).toEqual(seen[0]);
  });

  test.each([
    ["retry", new RetryError("503 of s3cr3t-key", { status: 503, excerpt: "s3cr3t-key is busy" })],
    ["rejected", new RejectError("503 of s3cr3t-key", { status: 503, excerpt: "s3cr3t-key is busy" })],
    [
      "misconfigured",
      new MisconfiguredError("503 of s3cr3t-key", { status: 503, excerpt: "s3cr3t-key is busy" }),
    ],
  ] as const)("says what the agent would make of it: %s, without secrets", async (outcome, error) => {
    expect(await tried(fail(error))).toMatchObject({
      outcome,
      message: "503 of [redacted]",
      status: 503,
      excerpt: "[redacted] is busy",
    });
  });

  test("takes a part of one event as all or nothing", async () => {
    const part = new PartialDeliveryError("some", {
      delivered: [],
      rejected: [{ index: 0, reason: "too odd" }],
    });
    expect(await tried(fail(part))).toMatchObject({ outcome: "rejected", message: "too odd" });
  });

  test("tells a call that never ends from one that obeys its signal", async () => {
    expect(await tried(() => new Promise(() => {}))).toMatchObject({ outcome: "hung" });
    const obedient = await tried(
      (_, signal) =>
        new Promise((__, reject) => signal.addEventListener("abort", () => reject(new Error("cut")))),
    );
    expect(obedient).toMatchObject({ outcome: "retry", message: "no answer within 15 s", ms: 15_000 });
  });

  test("says where the sink would not want such an event", async () => {
    expect(await tried(() => {}, { types: ["io.forewarn.agent.*"] })).toMatchObject({
      outcome: "delivered",
      wanted: false,
    });
  });

  test("is not given of a sink that is not there", async () => {
    const trial = trySink("nobody", { state: { path: "none" }, sinks: [] }, { sample: "reboot", observer });
    await expect(trial).rejects.toThrow('there is no sink "nobody"');
  });
});
