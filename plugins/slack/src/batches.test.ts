import { PartialDeliveryError } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asSeen } from "./fixtures/as-seen.ts";
import { neighbour, scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { type Receiver, ok, says, startReceiver } from "./fixtures/receiver.ts";

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

const four = [1, 2, 3, 4].map((number) => neighbour(number));
const titles = () => receiver.received.map(({ payload }) => asSeen(payload).split("\n")[0]);

describe("a batch is settled exactly", () => {
  it("one message for each event, in order", async () => {
    await (await openSink({ url: receiver.url })).deliver(four);
    expect(titles()).toEqual([1, 2, 3, 4].map((number) => `# 🔵 Freeze of db-${number} in 15 min`));
  });

  it("a message that fails ends the round: those before it are delivered", async () => {
    receiver.next.push(ok, ok, says(503, "later"));
    const error = await (await openSink({ url: receiver.url })).errorOf(four);
    expect(error).toBeInstanceOf(PartialDeliveryError);
    expect(error).toMatchObject({ delivered: [0, 1], rejected: [], status: 503 });
    expect(receiver.received).toHaveLength(3);
  });

  it("an event that is refused stops nobody else", async () => {
    receiver.next.push(ok, says(400, "invalid_payload"), ok, ok);
    const error = await (await openSink({ url: receiver.url })).errorOf(four);
    expect(error).toMatchObject({
      code: "FOREWARN_PARTIAL_DELIVERY",
      delivered: [0, 2, 3],
      rejected: [{ index: 1, reason: expect.stringContaining("invalid_payload") }],
      excerpt: "invalid_payload",
    });
  });

  it("refused and then failed: both are told", async () => {
    receiver.next.push(says(400, "invalid_payload"), ok, says(500, "rollup_error"));
    const error = await (await openSink({ url: receiver.url })).errorOf(four);
    expect(error).toMatchObject({
      delivered: [1],
      rejected: [{ index: 0, reason: expect.stringContaining("invalid_payload") }],
    });
  });

  it("all refused", async () => {
    receiver.reply = says(400, "invalid_payload");
    const error = (await (await openSink({ url: receiver.url })).errorOf(four)) as PartialDeliveryError;
    expect(error.delivered).toEqual([]);
    expect(error.rejected.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it("a failure of the first message is that failure", async () => {
    receiver.reply = says(404, "no_service");
    const error = await (await openSink({ url: receiver.url })).errorOf(four);
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status: "no_service" });
  });

  it("cut short before its turn, the rest is left, and nothing was sent for it", async () => {
    const abort = new AbortController();
    receiver.next.push(ok, ok, (response, payload) => {
      abort.abort();
      ok(response, payload);
    });
    const error = await (await openSink({ url: receiver.url })).errorOf(four, abort.signal);
    // The third message had arrived when the time was up: it may come twice, as Slack knows no key for it.
    expect(error).toMatchObject({
      code: "FOREWARN_PARTIAL_DELIVERY",
      delivered: expect.arrayContaining([0, 1]),
    });
    expect(receiver.received).toHaveLength(3);
  });

  it("an event that failed is rendered anew, with the same story", async () => {
    const { deliver, errorOf, clock } = await openSink({ url: receiver.url });
    await deliver([scheduled()]);
    const update = scheduled({ phase: "updated", changed: ["durationSeconds"], durationSeconds: 9 }, 60_000);
    receiver.next.push(says(503, ""));
    clock.pass(60_000);
    await errorOf([update]);
    await deliver([update]);
    const [, first, second] = receiver.received.map(({ payload }) => asSeen(payload));
    expect(first).toContain("*Changed:* duration (was unknown)");
    expect(second).toBe(first);
  });
});
