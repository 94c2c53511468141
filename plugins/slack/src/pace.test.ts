import { RetryError } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { neighbour, scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { createPacedClock } from "./fixtures/paced-clock.ts";
import { type Receiver, ok, says, startReceiver } from "./fixtures/receiver.ts";
import { createPace, paceOf } from "./pace.ts";

const forever = new AbortController().signal;

describe("one message per second", () => {
  it("after a burst of three", async () => {
    const clock = createPacedClock();
    const pace = createPace(clock);
    for (let message = 0; message < 6; message++) await pace.turn(forever);
    expect(clock.slept).toEqual([1000, 1000, 1000]);
  });

  it("a quiet second gives one back, and no more than three are saved", async () => {
    const clock = createPacedClock();
    const pace = createPace(clock);
    for (let message = 0; message < 3; message++) await pace.turn(forever);
    clock.pass(1000);
    await pace.turn(forever);
    clock.pass(3_600_000);
    for (let message = 0; message < 4; message++) await pace.turn(forever);
    expect(clock.slept).toEqual([1000]);
  });

  it("over any minute, at most 63 go", async () => {
    const clock = createPacedClock();
    const pace = createPace(clock);
    const times: number[] = [];
    for (let message = 0; message < 300; message++) {
      if (message % 7 === 0) clock.pass(message * 13);
      await pace.turn(forever);
      times.push(clock.monotonic());
    }
    const most = Math.max(
      ...times.map((from) => times.filter((time) => time >= from && time < from + 60_000).length),
    );
    expect(most).toBeLessThanOrEqual(63);
  });

  it("a turn that is given up takes nobody's place", async () => {
    const clock = createPacedClock();
    const pace = createPace(clock);
    for (let message = 0; message < 3; message++) await pace.turn(forever);
    for (let attempt = 0; attempt < 10; attempt++)
      await expect(pace.turn(AbortSignal.abort())).rejects.toThrow(RetryError);
    await pace.turn(forever);
    expect(clock.slept).toEqual([1000]);
  });

  it("is one for a URL and a clock", () => {
    const clock = createPacedClock();
    expect(paceOf("https://a/", clock)).toBe(paceOf("https://a/", clock));
    expect(paceOf("https://a/", clock)).not.toBe(paceOf("https://b/", clock));
    expect(paceOf("https://a/", clock)).not.toBe(paceOf("https://a/", createPacedClock()));
  });
});

describe("on the wire", () => {
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver();
  });

  afterEach(() => receiver.close());

  const five = [1, 2, 3, 4, 5].map((number) => neighbour(number));

  it("a batch of five takes two seconds", async () => {
    const { clock, deliver } = await openSink({ url: receiver.url });
    await deliver(five);
    expect(receiver.received).toHaveLength(5);
    expect(clock.slept).toEqual([1000, 1000]);
  });

  it("two sinks of one webhook share its pace", async () => {
    const clock = createPacedClock();
    const one = await openSink({ url: receiver.url }, { clock });
    const two = await openSink({ url: receiver.url }, { clock });
    await one.deliver(five.slice(0, 3));
    await two.deliver(five.slice(3));
    expect(clock.slept).toEqual([1000, 1000]);
  });

  it("Retry-After holds back every message of the webhook until it is over, without a request", async () => {
    const clock = createPacedClock();
    const one = await openSink({ url: receiver.url }, { clock });
    const two = await openSink({ url: receiver.url }, { clock });
    receiver.reply = says(429, "rate_limited", { "retry-after": "30" });
    expect(await one.errorOf([scheduled()])).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs: 30_000 });
    clock.pass(10_000);
    receiver.reply = ok;
    expect(await two.errorOf([scheduled()])).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs: 20_000 });
    expect(receiver.received).toHaveLength(1);
    clock.pass(20_000);
    await one.deliver([scheduled()]);
    expect(receiver.received).toHaveLength(2);
  });

  it("a wait of days is capped at an hour", async () => {
    const { clock, deliver, errorOf } = await openSink({ url: receiver.url });
    receiver.next.push(says(429, "", { "retry-after": "999999" }));
    await errorOf([scheduled()]);
    clock.pass(3_600_000);
    await deliver([scheduled()]);
    expect(receiver.received).toHaveLength(2);
  });
});
