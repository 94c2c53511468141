import type { ForewarnEvent } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asSeen } from "./fixtures/as-seen.ts";
import { neighbour, scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { type Receiver, says, startReceiver } from "./fixtures/receiver.ts";

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

const neighbours = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => neighbour(from + index));
const seen = () => receiver.received.map(({ payload }) => asSeen(payload));
const titles = () => seen().map((text) => text.split("\n")[0]);

describe("a storm", () => {
  it("is one message", async () => {
    await (await openSink({ url: receiver.url })).deliver(neighbours(40));
    expect(titles()).toEqual(["# 🔵 40 events at once"]);
    expect(seen()[0]).toContain("40 × Freeze scheduled. 40 VMs: db-1, db-2,");
    for (let number = 1; number <= 40; number++) expect(seen()[0]).toContain(`Freeze of db-${number} in`);
  });

  it("begins with more than `digestAfter` within `digestWindow`", async () => {
    const { deliver, clock } = await openSink({ url: receiver.url, digestAfter: 3, digestWindow: "10s" });
    await deliver(neighbours(3));
    expect(receiver.received).toHaveLength(3);
    await deliver(neighbours(2, 4));
    expect(titles()[3]).toBe("# 🔵 2 events at once");
    clock.pass(10_000);
    await deliver(neighbours(3, 6));
    expect(receiver.received).toHaveLength(7);
  });

  it("is nothing with `digestAfter: 0`", async () => {
    await (await openSink({ url: receiver.url, digestAfter: 0 })).deliver(neighbours(20));
    expect(receiver.received).toHaveLength(20);
  });

  it("never hides an error of this VM, and keeps that story together and in order", async () => {
    const reboot = scheduled();
    const freeze = scheduled({ eventId: "F", eventType: "Freeze", impact: "warn", durationSeconds: 9 });
    const started = scheduled({ phase: "started" });
    const over = scheduled({ phase: "completed" });
    const batch = [...neighbours(3), reboot, freeze, started, ...neighbours(3, 4), over];
    await (await openSink({ url: receiver.url })).deliver(batch);
    expect(titles()).toEqual([
      "# 🔴 Reboot of web-01 in 15 min",
      "# 🔴 Reboot of web-01 has started",
      "# ✅ Reboot of web-01 is over",
      "# 🟠 7 events at once",
    ]);
  });

  it("an error of a VM that may be this one is not hidden either", async () => {
    const { affectsSelf: _, ...data } = scheduled().data;
    const { affectsself: __, ...unsure } = scheduled();
    const event = { ...unsure, data } as ForewarnEvent;
    await (await openSink({ url: receiver.url })).deliver([...neighbours(9), event]);
    expect(titles()).toEqual(["# 🔴 Reboot of web-01 in 15 min", "# 🔵 9 events at once"]);
  });

  it("gathers: digests are five seconds apart, errors of this VM wait for none", async () => {
    const { deliver, clock } = await openSink({ url: receiver.url });
    await deliver(neighbours(9));
    await deliver([scheduled()]);
    expect(clock.slept).toEqual([]);
    await deliver(neighbours(9, 20));
    expect(clock.slept).toEqual([5000]);
    expect(titles()[1]).toBe("# 🔴 Reboot of web-01 in 15 min");
  });

  it("a wait between digests ends with the signal, and nothing was sent", async () => {
    const { deliver, errorOf } = await openSink({ url: receiver.url });
    await deliver(neighbours(9));
    const error = await errorOf(neighbours(9, 20), AbortSignal.abort());
    expect(error?.code).toBe("FOREWARN_RETRY");
    expect(receiver.received).toHaveLength(1);
  });

  it("of one event is that event's own message", async () => {
    const { deliver } = await openSink({ url: receiver.url });
    await deliver(neighbours(9));
    await deliver(neighbours(1, 20));
    expect(titles()[1]).toBe("# 🔵 Freeze of db-20 in 15 min");
  });

  it("that is not taken leaves its events, and settles what was told alone", async () => {
    receiver.next.push(says(200, "ok"), says(503, ""));
    const batch = [...neighbours(8), scheduled()];
    const error = await (await openSink({ url: receiver.url })).errorOf(batch);
    expect(error).toMatchObject({ code: "FOREWARN_PARTIAL_DELIVERY", delivered: [8], rejected: [] });
  });

  it("that is refused is for the agent to halve", async () => {
    receiver.reply = says(400, "invalid_payload");
    const error = await (await openSink({ url: receiver.url })).errorOf(neighbours(8));
    expect(error?.code).toBe("FOREWARN_REJECT");
  });

  it("calls whom its events would have called, once", async () => {
    const { deliver } = await openSink({
      url: receiver.url,
      mention: { warn: "U012ABCDEF", info: "<!here>" },
    });
    const freezes = [1, 2, 3].map((number) => neighbour(number, { affectsSelf: true, impact: "warn" }));
    await deliver([...freezes, ...neighbours(9, 20)]);
    expect(seen()[0]!.split("\n")[1]).toBe("@[user U012ABCDEF] @here");
  });
});

it("a digest says how many did not fit, most severe first", async () => {
  const names = Array.from({ length: 99 }, (_, index) =>
    neighbour(index, {
      resources: [`${"very-long-name-".repeat(4)}${index}`],
      impact: index === 98 ? "warn" : "info",
    }),
  );
  await (await openSink({ url: receiver.url })).deliver(names);
  const lines = seen()[0]!
    .split("\n")
    .filter((line) => line.startsWith("│"));
  expect(lines[0]).toContain("🟠");
  const [, more] = /and (\d+) more$/.exec(lines.at(-1) ?? "") ?? [];
  expect(lines.length - 1 + Number(more)).toBe(99);
});
