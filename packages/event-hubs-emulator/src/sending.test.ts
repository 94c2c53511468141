import { expect, test } from "vitest";

import { openRheaClient } from "./fixtures/rhea-client.ts";
import { emulate, failure, produce } from "./fixtures/clients.ts";

test("tells the properties of the hub and of its partitions", async () => {
  const emulator = await emulate({ hubs: { "vm-events": { partitions: 3 } } });
  const producer = produce(emulator.connectionString, "VM-Events");
  expect(await producer.getEventHubProperties()).toEqual({
    name: "vm-events",
    createdOn: expect.any(Date),
    partitionIds: ["0", "1", "2"],
    isGeoDrEnabled: false,
  });
  expect(await producer.getPartitionProperties("1")).toMatchObject({
    eventHubName: "vm-events",
    partitionId: "1",
    isEmpty: true,
    lastEnqueuedSequenceNumber: -1,
  });
  await producer.sendBatch([{ body: 1 }, { body: 2 }], { partitionId: "1" });
  const [, second] = emulator.hub("vm-events").events("1");
  expect(await producer.getPartitionProperties("1")).toEqual({
    eventHubName: "vm-events",
    partitionId: "1",
    isEmpty: false,
    beginningSequenceNumber: 0,
    lastEnqueuedSequenceNumber: 1,
    lastEnqueuedOffset: second?.offset,
    lastEnqueuedOnUtc: second?.enqueuedTime,
  });
  expect(await failure(producer.getPartitionProperties("7"))).toMatchObject({
    code: "ArgumentOutOfRangeError",
  });
});

test("keeps an event as it was sent", async () => {
  const emulator = await emulate();
  const properties = { cloudEvents_type: "io.forewarn.test", retries: 3, urgent: true, ä: "ö" };
  const event = {
    body: Buffer.from('{"a":1}'),
    contentType: "application/json",
    messageId: "id-1",
    correlationId: "story-1",
    properties,
  };
  const before = Date.now();
  await produce(emulator.connectionString).sendBatch([event], { partitionKey: "vm-1" });
  const [received] = emulator.hub("hub").events();
  expect(received).toMatchObject({
    hub: "hub",
    sequenceNumber: 0,
    offset: "0",
    partitionKey: "vm-1",
    body: Buffer.from('{"a":1}'),
    value: undefined,
    contentType: "application/json",
    messageId: "id-1",
    correlationId: "story-1",
    applicationProperties: properties,
    messageAnnotations: { "x-opt-partition-key": "vm-1" },
  });
  expect(received?.enqueuedTime.getTime()).toBeGreaterThanOrEqual(before);
});

test("events with a key meet in one partition, whole batches without one take turns", async () => {
  const emulator = await emulate();
  const hub = emulator.hub("hub");
  const producer = produce(emulator.connectionString);
  const batch = await producer.createBatch({ partitionKey: "vm-1" });
  for (let number = 0; number < 50; number++) batch.tryAdd({ body: number });
  await producer.sendBatch(batch);
  await producer.sendBatch([{ body: 50 }], { partitionKey: "vm-1" });
  const places = new Set(hub.events().map(({ partition }) => partition));
  expect(places.size).toBe(1);
  const [place] = places;
  expect(
    hub.events(place).map(({ body, sequenceNumber }) => [Number(body.toString()), sequenceNumber]),
  ).toEqual(Array.from({ length: 51 }, (_, number) => [number, number]));

  const counts = () => hub.partitionIds.map((id) => hub.events(id).length);
  const before = counts();
  for (let number = 0; number < 4; number++) await producer.sendBatch([{ body: "a" }, { body: "b" }]);
  expect(counts()).toEqual(before.map((count) => count + 2));
});

test("the SDK learns the size limit from the link", async () => {
  const emulator = await emulate({ maxMessageSize: 20_000 });
  const batch = await produce(emulator.connectionString).createBatch();
  expect(batch.maxSizeInBytes).toBe(20_000);
  expect(batch.tryAdd({ body: "x".repeat(30_000) })).toBe(false);
});

test("a batch over the size limit is rejected, also right behind one that is accepted", async () => {
  const emulator = await emulate({ maxMessageSize: 2000 });
  const producer = produce(emulator.connectionString);
  await producer.sendBatch([{ body: "first" }]);
  const results = await Promise.allSettled(
    [10, 3000, 10].map((size) => producer.sendBatch([{ body: "x".repeat(size) }])),
  );
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(emulator.hub("hub").received).toBe(3);
  const large = await failure(producer.sendBatch([{ body: "x".repeat(3000) }]));
  expect(large).toMatchObject({
    code: "MessageTooLargeError",
    message: expect.stringMatching(
      /^The received message \(delivery-id:\d+, size:30\d\d bytes\) exceeds the limit \(2000 bytes\)/,
    ),
  });
});

test("many clients at once lose nothing", async () => {
  const emulator = await emulate({ hubs: { one: {}, two: {} } });
  const clients = Array.from({ length: 8 }, (_, index) => ({
    name: `client-${index}`,
    producer: produce(emulator.connectionString, index % 2 === 0 ? "one" : "two"),
  }));
  await Promise.all(
    clients.map(async ({ name, producer }) => {
      for (let batch = 0; batch < 20; batch++)
        await producer.sendBatch(
          Array.from({ length: 25 }, (_, event) => ({ body: null, messageId: `${batch * 25 + event}` })),
          { partitionKey: name },
        );
    }),
  );
  const all = emulator.hubs.flatMap((hub) => hub.events());
  for (const { name } of clients)
    expect(
      all.filter(({ partitionKey }) => partitionKey === name).map(({ messageId }) => Number(messageId)),
    ).toEqual(Array.from({ length: 500 }, (_, number) => number));
});

test("takes single messages, AMQP values and sequences of other clients, and rejects what is no AMQP", async () => {
  const emulator = await emulate();
  const client = await openRheaClient(emulator);
  const sender = await client.openSender("hub/Partitions/0");
  await client.send(sender, { message_annotations: { "x-opt-partition-key": "k" }, body: { a: 1 } });
  await client.send(sender, { body: client.message.sequence_section(["x", 2]) });
  const events = emulator.hub("hub").events("0");
  expect(events.map(({ value, body }) => [value, body.length])).toEqual([
    [{ a: 1 }, 0],
    [["x", 2], 0],
  ]);
  expect(events[0]?.partitionKey).toBe("k");
  await expect(client.sendRaw(sender, Buffer.from("garbage"))).rejects.toMatchObject({
    condition: "amqp:decode-error",
  });
  await expect(client.openSender("hub/Partitions/9")).rejects.toMatchObject({
    condition: "com.microsoft:argument-out-of-range",
  });
  await expect(client.openSender("hub/Publishers/a")).rejects.toMatchObject({ condition: "amqp:not-found" });
});

test("a link gets credit for as many batches as there are", async () => {
  const emulator = await emulate();
  const client = await openRheaClient(emulator);
  const sender = await client.openSender("hub");
  await Promise.all(Array.from({ length: 1000 }, (_, number) => client.send(sender, { body: number })));
  expect(emulator.hub("hub").received).toBe(1000);
});

test("says that it has no idempotent producers", async () => {
  const emulator = await emulate();
  // As the SDK's buffered producer does; the option is not public.
  const producer = produce(emulator.connectionString);
  Object.assign(producer, { _enableIdempotentRetries: true });
  const sent = producer.sendBatch([{ body: 1 }], { partitionId: "0" });
  expect(await failure(sent)).toMatchObject({ code: "NotImplementedError" });
});

test("waits for events", async () => {
  const emulator = await emulate();
  const hub = emulator.hub("hub");
  const waiting = hub.waitFor(3);
  const producer = produce(emulator.connectionString);
  await producer.sendBatch([{ body: 1 }, { body: 2 }]);
  const reason = new Error("enough");
  const stop = new AbortController();
  const impatient = hub.waitFor(100, stop.signal);
  stop.abort(reason);
  await expect(impatient).rejects.toBe(reason);
  await expect(hub.waitFor(100, stop.signal)).rejects.toBe(reason);
  await producer.sendBatch([{ body: 3 }]);
  await waiting;
  expect(hub.received).toBe(3);
});
