import { resolve } from "node:path";
import { EventHubProducerClient } from "@azure/event-hubs";
import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { startSimulator } from "@forewarn/imds-simulator";
import { decodeAmqp, encodeStructured, type ScheduledEvent } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { createStories, type Story } from "../../examples/collapse-fleet/stories.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { startFleet } from "./streaming-fleet.ts";

const bin = resolve(import.meta.dirname, "../../examples/collapse-fleet/collapse-fleet.ts");

test("three VMs tell of the same events: one story each, duplicates and what is wrong left out", async () => {
  using place = temporaryPlace();
  // One partition, so that whoever has read the last event has read all.
  await using emulator = await startEventHubsEmulator({ hubs: { "vm-events": { partitions: 1 } } });
  const { connectionString } = emulator;
  const names = ["web_0", "web_1", "web_2"];
  await using simulator = await startSimulator({ vms: names.map((name) => ({ name })) });
  await using fleet = startFleet(place, simulator, { connectionString, mode: "binary" });
  const sent = () => emulator.hub("vm-events").events();
  const arrived = (count: number) =>
    eventually(
      () => sent().length === count,
      () => `${sent().length} events`,
    );
  const reboot = simulator.schedule({ EventType: "Reboot", Resources: ["web_0"] });
  await arrived(3);
  simulator.start(reboot.EventId);
  await arrived(6);
  const freeze = simulator.schedule({ EventType: "Freeze", Resources: ["web_0", "web_1"] });
  await arrived(9);
  simulator.remove(reboot.EventId);
  simulator.remove(freeze.EventId);
  await arrived(15);
  await fleet.stop();

  // Sent again by an agent that got no answer, spoilt on the way, and of somebody else.
  const [one] = sent().map(decodeAmqp);
  const spoilt = { ...one, id: "spoilt", data: { ...(one?.data as object), resources: "web_0" } };
  const foreign = { specversion: "1.0", id: "1", source: "/shop", type: "com.example.ordered" } as const;
  const producer = new EventHubProducerClient(connectionString, "vm-events");
  const contentType = "application/cloudevents+json";
  const bodies = [one, spoilt, foreign].map((event) => encodeStructured(event as ScheduledEvent));
  await producer.sendBatch(bodies.map((body) => ({ contentType, body: Buffer.from(body) })));
  await producer.close();

  await using consumer = forewarn([], { bin, env: { EVENT_HUBS_CONNECTION_STRING: connectionString } });
  await consumer.says(/declares no type com\.example\.ordered/);
  await consumer.says("/data/resources must be array");
  const lines = () => consumer.stdout().trimEnd().split("\n");
  await eventually(() => lines().length >= 5, consumer.stderr);
  expect(await consumer.end("SIGINT"), consumer.stderr()).toBe(0);

  const told = lines().map((line) => JSON.parse(line) as Story);
  const result = told.pop() as unknown as { readonly stories: readonly Story[] };
  const phases = (eventType: string) =>
    told.filter((story) => story.eventType === eventType).map(({ phase }) => phase);
  expect(phases("Reboot")).toEqual(["scheduled", "started", "completed"]);
  expect(phases("Freeze")).toEqual(["scheduled", "canceled"]);
  expect(result).toMatchObject({ events: 15, duplicates: 1, unknown: 1, invalid: 1 });
  const byType = result.stories.toSorted((a, b) => a.eventType.localeCompare(b.eventType));
  expect(byType).toMatchObject([
    { eventType: "Freeze", resources: ["web_0", "web_1"], observers: names, observations: 6 },
    { eventType: "Reboot", resources: ["web_0"], observers: names, observations: 9 },
  ]);
});

const observed = (vm: string, phase: string, id = `e1:${phase}`) =>
  ({
    id,
    data: {
      eventId: "E1",
      occurrence: 1,
      phase,
      eventType: "Reboot",
      resources: ["a"],
      notBefore: null,
      vm: { name: vm },
    },
  }) as unknown as ScheduledEvent;

test("a better informed end replaces a worse one, never the other way round, and what is late is no news", () => {
  const stories = createStories();
  const news = [
    observed("a", "scheduled"),
    observed("b", "ended"),
    observed("c", "completed"),
    observed("d", "canceled"),
    observed("d", "updated", "e1:updated:1"),
  ].map((event) => stories.add(event)?.phase);
  expect(news).toEqual(["scheduled", "ended", "completed", undefined, undefined]);
  expect(stories.all()).toMatchObject([{ phase: "completed", observations: 5 }]);
});
