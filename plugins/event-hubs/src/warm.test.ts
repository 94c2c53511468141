import { type EventHubsEmulator, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it } from "vitest";
import { createHandClock } from "./fixtures/hand-clock.ts";
import { batchOf, eventOf, openSink } from "./fixtures/sink.ts";

/** From now on every new connection ends at once. */
const allowNoConnection = (emulator: EventHubsEmulator) =>
  emulator.faults.add({ at: "connect", do: "drop", times: "always" });

async function warmSink() {
  const emulator = await startEventHubsEmulator();
  const clock = createHandClock();
  const sink = await openSink(emulator, { clock });
  return {
    emulator,
    clock,
    sink,
    async [Symbol.asyncDispose]() {
      await sink.close();
      await emulator.close();
      expect(clock.sleeping()).toBe(0);
    },
  };
}

describe("the link while nothing is sent", () => {
  it("is there before the first event comes", async () => {
    await using it = await warmSink();
    expect(it.emulator.connections).toBe(0);
    await it.clock.advance(1000);
    await expect.poll(() => it.emulator.connections).toBe(1);
    expect(await it.sink.probe()).toBeUndefined();
    allowNoConnection(it.emulator);
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
  });

  it.each([
    ["drops the connection", (emulator: EventHubsEmulator) => emulator.dropConnections()],
    ["closes the connection", (emulator: EventHubsEmulator) => emulator.closeConnections()],
    [
      "detaches the link, as it does after 30 minutes",
      (emulator: EventHubsEmulator) => emulator.detachLinks(),
    ],
  ])("is opened again when the service %s, so that the next event needs no new one", async (_, end) => {
    await using it = await warmSink();
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    await it.clock.advance(11 * 60_000);
    // Strikes when a token is put, and so tells that there is a new link.
    it.emulator.faults.add({ at: "put-token", do: "delay", ms: 1 });
    end(it.emulator);
    await expect.poll(() => it.emulator.faults.waiting).toEqual([]);
    expect(await it.sink.probe()).toBeUndefined();
    await expect.poll(() => it.emulator.connections).toBe(1);
    allowNoConnection(it.emulator);
    expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    expect(it.emulator.hub("hub").received).toBe(2);
  });

  it("is replaced before the service ends it for idleness, without a gap", async () => {
    await using it = await warmSink();
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    it.emulator.faults.add({ at: "put-token", do: "delay", ms: 100 });
    await it.clock.advance(25 * 60_000);
    await expect.poll(() => it.emulator.faults.waiting).toEqual([]);
    expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    await expect.poll(() => it.emulator.connections).toBe(1);
    allowNoConnection(it.emulator);
    expect(await it.sink.deliver(batchOf(eventOf("3")))).toBeUndefined();
    expect(it.emulator.hub("hub").received).toBe(3);
  });

  it("says once at the start that it cannot be opened, and that it is open when it is", async () => {
    await using it = await warmSink();
    it.emulator.setKey("RootManageSharedAccessKey", { key: "bmV3" });
    await it.clock.advance(1000);
    await expect.poll(() => it.sink.lines).toHaveLength(1);
    expect(it.sink.lines[0]).toEqual({
      level: "warn",
      message: expect.stringMatching(/^no link to the Event Hub: .*its key was changed/),
    });
    it.emulator.setKey("RootManageSharedAccessKey", { key: "SAS_KEY_VALUE" });
    await expect
      .poll(async () => {
        await it.clock.advance(60_000);
        return it.sink.lines.at(-1)?.message;
      })
      .toBe("the link to the Event Hub is open");
  });
});
