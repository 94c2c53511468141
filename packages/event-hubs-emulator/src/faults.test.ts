import { setTimeout } from "node:timers/promises";
import { earliestEventPosition } from "@azure/event-hubs";
import type { EventHubProducerClient } from "@azure/event-hubs";
import { expect, test } from "vitest";

import type { EventHubsEmulator } from "./emulator-api.ts";
import type { Fault } from "./faults/fault.ts";
import { consume, emulate, failure, produce, sendAgain, subscribe } from "./fixtures/clients.ts";

/** An emulator and a producer that has sent one event. */
async function warm(): Promise<{
  readonly emulator: EventHubsEmulator;
  readonly producer: EventHubProducerClient;
}> {
  const emulator = await emulate();
  const producer = produce(emulator.connectionString);
  await producer.sendBatch([{ body: "first" }]);
  return { emulator, producer };
}

/** What sending one event fails with. */
const refusal = (producer: EventHubProducerClient) => failure(producer.sendBatch([{ body: "x" }]));

/** What sending one event fails with when it is given up after every fault has struck. */
async function givenUp(emulator: EventHubsEmulator, producer: EventHubProducerClient) {
  const giveUp = new AbortController();
  const failed = failure(producer.sendBatch([{ body: "x" }], { abortSignal: giveUp.signal }));
  while (emulator.faults.waiting.length > 0) await setTimeout(5);
  giveUp.abort();
  return failed;
}

const received = (emulator: EventHubsEmulator) => emulator.hub("hub").received;

test.each([
  ["com.microsoft:server-busy", "ServerBusyError"],
  ["com.microsoft:timeout", "ServiceUnavailableError"],
  ["amqp:resource-limit-exceeded", "QuotaExceededError"],
  ["com.microsoft:entity-disabled", "MessagingEntityDisabledError"],
  ["amqp:unauthorized-access", "UnauthorizedError"],
  ["amqp:internal-error", "InternalServerError"],
])("a batch rejected with %s fails with %s and is not stored", async (condition, code) => {
  const { emulator, producer } = await warm();
  emulator.faults.add({ at: "send", do: "reject", condition });
  expect(await refusal(producer)).toMatchObject({ code, message: expect.stringContaining("TrackingId:") });
  await producer.sendBatch([{ body: "after" }]);
  expect(received(emulator)).toBe(2);
});

test("a fault strikes as often as it says, with its own words, until it is taken back", async () => {
  const { emulator, producer } = await warm();
  const busy = { at: "send", do: "reject", condition: "com.microsoft:server-busy" } as const;
  emulator.faults.add({ ...busy, times: 2, description: "Come back later." });
  for (let number = 0; number < 2; number++)
    expect(await refusal(producer)).toEqual({ code: "ServerBusyError", message: "Come back later." });
  await producer.sendBatch([{ body: 1 }]);
  const takeBack = emulator.faults.add({ ...busy, times: "always" });
  for (let number = 0; number < 3; number++)
    expect(await refusal(producer)).toMatchObject({ code: "ServerBusyError" });
  expect(emulator.faults.waiting).toEqual([{ ...busy, times: "always" }]);
  takeBack();
  await producer.sendBatch([{ body: 2 }]);
  expect(emulator.faults.waiting).toEqual([]);
});

test("a fault of one hub or partition leaves the others alone", async () => {
  const emulator = await emulate({ hubs: { one: {}, two: {} } });
  emulator.faults.add({ at: "send", do: "release", hub: "ONE", partition: "2", times: "always" });
  emulator.faults.add({ at: "put-token", do: "refuse", status: 401, hub: "two", times: "always" });
  const one = produce(emulator.connectionString, "one");
  await one.sendBatch([{ body: 1 }], { partitionId: "1" });
  expect(await failure(one.sendBatch([{ body: 1 }], { partitionId: "2" }))).toMatchObject({
    code: "SendOperationFailedError",
  });
  expect(await refusal(produce(emulator.connectionString, "two"))).toMatchObject({
    code: "UnauthorizedError",
  });
});

test.each(["release", "modify"] as const)("a batch can be answered with %s", async (kind) => {
  const { emulator, producer } = await warm();
  emulator.faults.add({ at: "send", do: kind });
  expect(await refusal(producer)).toMatchObject({ code: "SendOperationFailedError" });
  emulator.faults.add({ at: "send", do: kind, stored: true });
  expect(await refusal(producer)).toMatchObject({ code: "SendOperationFailedError" });
  expect(received(emulator)).toBe(2);
});

const condition = "amqp:link:detach-forced";
const inFlight: readonly Fault[] = [
  { at: "send", do: "hang" },
  { at: "send", do: "detach", condition },
  { at: "send", do: "close", condition: "amqp:connection:forced" },
  { at: "send", do: "drop" },
];

test.each(inFlight)("a batch is stored but not answered: $do", async (fault) => {
  const { emulator, producer } = await warm();
  emulator.faults.add(fault);
  expect(await givenUp(emulator, producer)).toMatchObject({ code: "AbortError" });
  expect(received(emulator)).toBe(2);
  await sendAgain(producer);
  expect(received(emulator)).toBeGreaterThan(2);
});

test("a batch can be answered late", async () => {
  const { emulator, producer } = await warm();
  emulator.faults.add({ at: "send", do: "delay", ms: 60 });
  const began = performance.now();
  await producer.sendBatch([{ body: "late" }]);
  expect(performance.now() - began).toBeGreaterThan(55);
});

test("a token can go unanswered, be refused, or be answered late", async () => {
  const emulator = await emulate();
  emulator.faults.add({ at: "put-token", do: "hang" });
  expect(await givenUp(emulator, produce(emulator.connectionString))).toMatchObject({ code: "AbortError" });
  emulator.faults.add({ at: "put-token", do: "refuse", status: 503, condition: "com.microsoft:server-busy" });
  expect(await refusal(produce(emulator.connectionString))).toMatchObject({ code: "ServerBusyError" });
  emulator.faults.add({ at: "put-token", do: "delay", ms: 60 });
  const began = performance.now();
  await produce(emulator.connectionString).sendBatch([{ body: "late" }]);
  expect(performance.now() - began).toBeGreaterThan(55);
});

test("properties can be refused", async () => {
  const { emulator, producer } = await warm();
  emulator.faults.add({ at: "management", do: "refuse", status: 500, condition: "amqp:internal-error" });
  expect(await failure(producer.getPartitionIds())).toMatchObject({ code: "InternalServerError" });
});

test("a link can be refused, get no credit, or get it late", async () => {
  const emulator = await emulate();
  emulator.faults.add({ at: "attach", do: "refuse", condition: "amqp:unauthorized-access", role: "sender" });
  expect(await refusal(produce(emulator.connectionString))).toMatchObject({ code: "UnauthorizedError" });
  emulator.faults.add({ at: "attach", do: "no-credit" });
  expect(await givenUp(emulator, produce(emulator.connectionString))).toMatchObject({ code: "AbortError" });
  emulator.faults.add({ at: "attach", do: "delay", ms: 60 });
  const began = performance.now();
  await produce(emulator.connectionString).sendBatch([{ body: "late" }]);
  expect(performance.now() - began).toBeGreaterThan(55);
});

test("a receiver can be kept waiting", async () => {
  const { emulator } = await warm();
  emulator.faults.add({ at: "attach", do: "delay", ms: 200, role: "receiver", times: 4 });
  const began = performance.now();
  const subscribed = subscribe(consume(emulator.connectionString), { startPosition: earliestEventPosition });
  await subscribed.received(1);
  expect(performance.now() - began).toBeGreaterThan(195);
});

test("connections can be swallowed or dropped", async () => {
  const emulator = await emulate();
  emulator.faults.add({ at: "connect", do: "black-hole" });
  const producer = produce(emulator.connectionString);
  expect(await givenUp(emulator, producer)).toMatchObject({ code: "AbortError" });
  emulator.faults.add({ at: "connect", do: "drop" });
  expect(await failure(produce(emulator.connectionString).sendBatch([{ body: "x" }]))).toMatchObject({
    message: expect.stringContaining("connect"),
  });
  await produce(emulator.connectionString).sendBatch([{ body: "after" }]);
  expect(received(emulator)).toBe(1);
});

test("what is idle can be detached, closed and dropped, and the client comes back", async () => {
  const { emulator, producer } = await warm();
  const subscribed = subscribe(consume(emulator.connectionString), {
    startPosition: earliestEventPosition,
    partition: emulator.hub("hub").events()[0]?.partition ?? "",
  });
  await subscribed.received(1);
  const stolen = { condition: "amqp:link:stolen", description: "Somebody else has it." };
  expect(emulator.detachLinks(stolen, { role: "receiver", hub: "hub" })).toBe(1);
  expect(await subscribed.failed()).toMatchObject({
    code: "ReceiverDisconnectedError",
    message: stolen.description,
  });

  expect(emulator.detachLinks({ condition }, { role: "sender", hub: "other" })).toBe(0);
  expect(emulator.detachLinks(undefined, { role: "sender" })).toBe(1);
  await sendAgain(producer);
  const { connections } = emulator;
  expect(emulator.closeConnections()).toBe(connections);
  await sendAgain(producer);
  expect(emulator.dropConnections()).toBeGreaterThan(0);
  await sendAgain(producer);
  expect(received(emulator)).toBeGreaterThanOrEqual(4);
});

test("a fault that makes no sense is refused at once", async () => {
  const { faults } = await emulate();
  expect(() => faults.add({ at: "send", do: "reject" } as unknown as Fault)).toThrow("condition");
});
