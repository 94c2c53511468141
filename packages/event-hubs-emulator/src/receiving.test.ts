import { setTimeout } from "node:timers/promises";
import { earliestEventPosition, latestEventPosition } from "@azure/event-hubs";
import { expect, test } from "vitest";

import type { EventHubsEmulator } from "./emulator-api.ts";
import { consume, emulate, produce, subscribe } from "./fixtures/clients.ts";
import { openRheaClient } from "./fixtures/rhea-client.ts";

/** An emulator whose partition 0 holds the numbers 0 to `count` - 1, each sent by itself. */
async function withNumbers(count: number): Promise<EventHubsEmulator> {
  const emulator = await emulate();
  const producer = produce(emulator.connectionString);
  for (let number = 0; number < count; number++)
    await producer.sendBatch([{ body: number, messageId: `id-${number}` }], { partitionId: "0" });
  return emulator;
}

test("a consumer of all partitions gets every event with its place", async () => {
  const emulator = await emulate();
  const producer = produce(emulator.connectionString);
  for (let number = 0; number < 20; number++)
    await producer.sendBatch([{ body: { number }, properties: { number } }], {
      partitionKey: `key-${number}`,
    });
  const subscribed = subscribe(consume(emulator.connectionString), { startPosition: earliestEventPosition });
  await subscribed.received(20);
  const stored = emulator.hub("hub").events();
  for (const { partitionId, sequenceNumber, ...event } of subscribed.events) {
    const original = stored.find(
      (other) => other.partition === partitionId && other.sequenceNumber === sequenceNumber,
    );
    expect(event).toMatchObject({
      body: JSON.parse(String(original?.body)),
      properties: original?.applicationProperties,
      offset: original?.offset,
      enqueuedTimeUtc: original?.enqueuedTime,
      partitionKey: original?.partitionKey,
    });
  }
  expect(new Set(subscribed.events.map(({ body }) => body.number as number)).size).toBe(20);
});

test("reading starts where it is told to", async () => {
  const emulator = await withNumbers(6);
  const third = emulator.hub("hub").events("0")[2];
  const { offset = "" } = third ?? {};
  const from = async (startPosition: Parameters<typeof subscribe>[1]["startPosition"], count: number) => {
    const subscribed = subscribe(consume(emulator.connectionString), { startPosition, partition: "0" });
    await subscribed.received(count);
    // Azure admits five receivers at once.
    await subscribed.close();
    return subscribed.events[0]?.body as number;
  };
  expect(
    await Promise.all([
      from(earliestEventPosition, 6),
      from({ offset }, 3),
      from({ offset, isInclusive: true }, 4),
      from({ sequenceNumber: 2 }, 3),
      from({ sequenceNumber: 2, isInclusive: true }, 4),
    ]),
  ).toEqual([0, 3, 2, 3, 2]);
  expect(await from({ enqueuedOn: new Date(0) }, 6)).toBe(0);
});

test("reading from the latest gets only what comes then", async () => {
  const emulator = await withNumbers(3);
  const ready = Promise.withResolvers<string>();
  const subscribed = subscribe(consume(emulator.connectionString), {
    startPosition: latestEventPosition,
    partition: "0",
    trackLastEnqueuedEventProperties: true,
    onInitialize: ready.resolve,
  });
  await ready.promise;
  const producer = produce(emulator.connectionString);
  // The receiver is attached some time after it was initialized.
  while (subscribed.events.length === 0) await producer.sendBatch([{ body: "late" }], { partitionId: "0" });
  expect(subscribed.events[0]).toMatchObject({ body: "late" });
});

test("a consumer that asks for it is told the end of the partition", async () => {
  const emulator = await withNumbers(3);
  const client = await openRheaClient(emulator);
  const receiver = await client.openReceiver("hub/ConsumerGroups/$Default/Partitions/0", {
    desired_capabilities: ["com.microsoft:enable-receiver-runtime-metric"],
  });
  const first = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  receiver.on("message", ({ message }) => first.resolve(message));
  receiver.add_credit(1);
  const last = emulator.hub("hub").events("0").at(-1);
  expect(await first.promise).toMatchObject({
    message_id: "id-0",
    delivery_annotations: {
      last_enqueued_sequence_number: 2,
      last_enqueued_offset: last?.offset,
      last_enqueued_time_utc: last?.enqueuedTime,
    },
  });
});

test("no more events come than there is credit for, and draining uses it up", async () => {
  const emulator = await withNumbers(10);
  const client = await openRheaClient(emulator);
  const receiver = await client.openReceiver("hub/ConsumerGroups/$Default/Partitions/0");
  const ids: unknown[] = [];
  const drained = Promise.withResolvers<void>();
  receiver.on("message", ({ message }) => ids.push(message.message_id));
  receiver.on("receiver_drained", () => drained.resolve());
  receiver.add_credit(4);
  const producer = produce(emulator.connectionString);
  await producer.sendBatch([{ body: "more" }], { partitionId: "0" });
  expect(ids).toEqual(["id-0", "id-1", "id-2", "id-3"]);
  receiver.add_credit(20);
  receiver.drain_credit();
  await drained.promise;
  expect(ids).toHaveLength(11);
});

test("a receiver without credit does not hold up another one of the same session", async () => {
  const emulator = await withNumbers(4);
  const client = await openRheaClient(emulator);
  const open = async (name: string) => {
    const receiver = await client.openReceiver("hub/ConsumerGroups/$Default/Partitions/0", { name });
    const ids: unknown[] = [];
    receiver.on("message", ({ message }) => ids.push(message.message_id));
    const received = async (count: number) => {
      while (ids.length < count) await setTimeout(5);
      return ids;
    };
    return { receiver, received };
  };
  const poor = await open("poor");
  poor.receiver.add_credit(20);
  poor.receiver.drain_credit();
  await new Promise((resolve) => poor.receiver.once("receiver_drained", resolve));
  poor.receiver.drain = false;
  poor.receiver.add_credit(1);
  const producer = produce(emulator.connectionString);
  for (let number = 4; number < 8; number++)
    await producer.sendBatch([{ body: number, messageId: `id-${number}` }], { partitionId: "0" });
  expect(await poor.received(5)).toEqual(["id-0", "id-1", "id-2", "id-3", "id-4"]);

  const rich = await open("rich");
  rich.receiver.add_credit(8);
  expect(await rich.received(8)).toHaveLength(8);
  expect(await poor.received(5)).toHaveLength(5);
});

test("a new owner with a higher epoch disconnects the old one", async () => {
  const emulator = await withNumbers(1);
  const options = { startPosition: earliestEventPosition, partition: "0" };
  const old = subscribe(consume(emulator.connectionString), { ...options, ownerLevel: 1 });
  await old.received(1);
  const fresh = subscribe(consume(emulator.connectionString), { ...options, ownerLevel: 2 });
  await fresh.received(1);
  expect(await old.failed()).toMatchObject({
    code: "ReceiverDisconnectedError",
    message: expect.stringContaining("with higher epoch of '2' is created"),
  });
  const late = subscribe(consume(emulator.connectionString), { ...options, ownerLevel: 1 });
  expect(await late.failed()).toMatchObject({ code: "ReceiverDisconnectedError" });
  const without = subscribe(consume(emulator.connectionString), options);
  expect((await without.failed()).message).toContain("non-epoch receiver is not allowed");
  expect(fresh.errors).toEqual([]);
});

test("refuses receivers of what does not exist", async () => {
  const emulator = await emulate({ hubs: { hub: { partitions: 2, consumerGroups: ["audit"] } } });
  const client = await openRheaClient(emulator);
  const open = (address: string, filter?: string) =>
    client.openReceiver(address, {
      source: {
        address,
        ...(filter !== undefined && { filter: { "apache.org:selector-filter:string": filter } }),
      },
    });
  await open("hub/ConsumerGroups/Audit/Partitions/1");
  for (const missing of [
    "hub/ConsumerGroups/other/Partitions/1",
    "hub/ConsumerGroups/audit/Partitions/2",
    "hub",
  ])
    await expect(open(missing)).rejects.toMatchObject({ condition: "amqp:not-found" });
  await expect(open("hub/ConsumerGroups/audit/Partitions/0", "name = 'x'")).rejects.toMatchObject({
    condition: "com.microsoft:argument-error",
  });
});

test("at most five receivers without an epoch share a partition and consumer group", async () => {
  const emulator = await emulate();
  const client = await openRheaClient(emulator);
  const address = "hub/ConsumerGroups/$Default/Partitions/0";
  const receivers = [];
  for (let number = 0; number < 5; number++)
    receivers.push(await client.openReceiver(address, { name: `receiver-${number}` }));
  const sixth = client.openReceiver(address, { name: "receiver-5" });
  await expect(sixth).rejects.toMatchObject({ condition: "amqp:resource-limit-exceeded" });
  receivers[0]?.close();
  await client.openReceiver(address, { name: "receiver-6" });
});

test("what is no longer kept is skipped", async () => {
  const emulator = await emulate({ retention: { events: 5 } });
  const producer = produce(emulator.connectionString);
  await producer.sendBatch(
    Array.from({ length: 12 }, (_, number) => ({ body: number })),
    { partitionId: "0" },
  );
  const subscribed = subscribe(consume(emulator.connectionString), {
    startPosition: earliestEventPosition,
    partition: "0",
  });
  await subscribed.received(5);
  expect(subscribed.events.map(({ body }) => body as number)).toEqual([7, 8, 9, 10, 11]);
  expect(await producer.getPartitionProperties("0")).toMatchObject({ beginningSequenceNumber: 7 });
  expect(emulator.hub("hub").received).toBe(12);
});
