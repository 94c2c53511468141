import { EventHubProducerClient } from "@azure/event-hubs";
import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it } from "vitest";
import { insideOf } from "./sdk-internals.ts";

async function openClient(connectionString: string) {
  const client = new EventHubProducerClient(connectionString, "hub", { retryOptions: { maxRetries: 0 } });
  const inside = insideOf(client);
  await client.createBatch();
  return { client, inside };
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("what the SDK keeps to itself", () => {
  it.each([
    ["a detached link", "detachLinks", "link:detach-forced"],
    ["a closed connection", "closeConnections", "connection:forced"],
  ] as const)("%s is told with its AMQP error", async (_, end, condition) => {
    await using emulator = await startEventHubsEmulator();
    const { client, inside } = await openClient(emulator.connectionString);
    const reason = new Promise((resolve) => inside.onLost(resolve));
    emulator[end]();
    expect(await reason).toMatchObject({ condition: `amqp:${condition}` });
    inside.stopRenewal();
    await client.close();
  });

  it("a dropped socket is told", async () => {
    await using emulator = await startEventHubsEmulator();
    const { client, inside } = await openClient(emulator.connectionString);
    const told = new Promise<string>((resolve) => inside.onLost(() => resolve("told")));
    emulator.dropConnections();
    expect(await told).toBe("told");
    inside.stopRenewal();
    await client.close();
  });

  it("the renewal of a token is a timer, which stopRenewal ends", async () => {
    await using emulator = await startEventHubsEmulator();
    const { client, inside } = await openClient(emulator.connectionString);
    const before = timers();
    inside.stopRenewal();
    expect(timers()).toBe(before - 1);
    await client.close();
  });

  it("sever ends the connection at once, and the SDK notices", async () => {
    await using emulator = await startEventHubsEmulator();
    const { client, inside } = await openClient(emulator.connectionString);
    const lost = new Promise<string>((resolve) => inside.onLost(() => resolve("lost")));
    inside.sever();
    expect(await lost).toBe("lost");
    await expect.poll(() => emulator.connections).toBe(0);
    inside.stopRenewal();
    await client.close();
  });

  it("a client without any of it is left alone", () => {
    const inside = insideOf({} as EventHubProducerClient);
    expect(() => {
      inside.onLost(() => undefined);
      inside.stopRenewal();
      inside.sendAtOnce();
      inside.sever();
    }).not.toThrow();
  });
});
