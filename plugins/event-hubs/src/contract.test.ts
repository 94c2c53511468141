import { setTimeout as sleep } from "node:timers/promises";
import { type EventHubsEmulator, type Fault, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { decodeAmqp } from "@forewarn/sdk";
import { type OtherEnd, type PlainBehaviour, testSink } from "@forewarn/testkit";
import { eventHubs } from "./event-hubs.ts";

const key = "c2VjcmV0LWtleS1vZi10aGUtY29udHJhY3Q=";
const policy = "RootManageSharedAccessKey";

const ways = [
  { mode: "binary", partitionBy: "vm" },
  { mode: "structured", partitionBy: "event" },
] as const;

for (const way of ways) {
  testSink(`event-hubs, ${way.mode}, by ${way.partitionBy}`, {
    definition: eventHubs,
    readme: new URL("../README.md", import.meta.url),
    start: () => startBroker(way),
    without: {
      throttle: "Event Hubs says in words how long to wait, not in a header: failure.test.ts",
      partial: "Event Hubs takes or refuses a batch as a whole; what is too large for it: event-hubs.test.ts",
      "reset-in-answer": "a disposition is one frame, which comes or does not",
    },
  });
}

const faults: Readonly<Partial<Record<PlainBehaviour, Fault>>> = {
  reject: { at: "send", do: "reject", condition: "amqp:link:message-size-exceeded" },
  retry: { at: "send", do: "reject", condition: "com.microsoft:server-busy" },
  "reset-before-answer": { at: "send", do: "drop" },
  hang: { at: "send", do: "hang" },
};

/** The emulator, at one address whatever happens to it. */
async function startBroker(options: Readonly<Record<string, unknown>>): Promise<OtherEnd> {
  const start = (port: number) => startEventHubsEmulator({ port, keys: { [policy]: { key } } });
  const before: EventHubsEmulator[] = [];
  let emulator = await start(0);
  let isDown = false;
  const all = () => [...before, emulator];
  const { port, connectionString } = emulator;

  async function comeBack(): Promise<void> {
    if (!isDown) return;
    before.push(emulator);
    emulator = await start(port);
    isDown = false;
  }

  return {
    options: { eventHub: "hub", connectionString, ...options },
    secrets: [key],
    received: () =>
      all()
        .flatMap((one) => one.hub("hub").events())
        .map((received) => decodeAmqp(received))
        .map((event) => ({ id: event.id, source: event.source, event })),
    attempts: () => all().reduce((sum, one) => sum + one.hub("hub").received, 0),
    async behave({ kind }) {
      await comeBack();
      emulator.faults.clear();
      emulator.setKey(policy, { key });
      const fault = faults[kind as PlainBehaviour];
      if (fault !== undefined) emulator.faults.add({ ...fault, times: "always" });
      if (kind === "down") {
        isDown = true;
        await emulator.close();
      }
      if (kind !== "misconfigured") return;
      emulator.setKey(policy, { key: "bmV3" });
      // The sink hears of it when its link is detached, and then closes the connection.
      while (emulator.connections > 0) await sleep(2);
    },
    close: () => emulator.close(),
  };
}
