import { type EventHubsEmulator, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { decodeAmqp } from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { eventHubs } from "./event-hubs.ts";
import { batchOf, eventOf, openSink } from "./fixtures/sink.ts";

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));
const received = (emulator: EventHubsEmulator) => emulator.hub("hub").events();

describe("what arrives", () => {
  it("binary: attributes as properties, data as it was, the id as message id, the vmId as partition key", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batchOf(eventOf("1:scheduled")))).toBeUndefined();
    const [event] = received(emulator);
    expect(event).toMatchObject({
      contentType: "application/json",
      messageId: "1:scheduled",
      partitionKey: "00000000-0000-0000-0000-000000000001",
      applicationProperties: { cloudEvents_specversion: "1.0", cloudEvents_affectsself: "true" },
    });
    const names = Object.keys(event?.applicationProperties ?? {});
    expect(names.filter((name) => !name.startsWith("cloudEvents_"))).toEqual([]);
    expect(event?.body.toString()).toBe('{"eventType":"Preempt","text":"Ünï € 😀"}');
    expect(received(emulator).map(decodeAmqp)).toEqual([eventOf("1:scheduled")]);
  });

  it("structured: the stored text byte for byte", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator, { options: { mode: "structured" } });
    const text = ` ${JSON.stringify(eventOf("1:scheduled"))} `;
    expect(await sink.deliver(batchOf(text))).toBeUndefined();
    const [event] = received(emulator);
    expect(event).toMatchObject({
      contentType: "application/cloudevents+json; charset=utf-8",
      messageId: "1:scheduled",
    });
    expect(event?.applicationProperties).toEqual({});
    expect(event?.body.toString()).toBe(text);
  });

  it("keeps the id when an event is sent again", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    emulator.faults.add({ at: "send", do: "reject", condition: "amqp:internal-error", stored: true });
    expect(await sink.deliver(batchOf(eventOf("a")))).toMatchObject({ code: "FOREWARN_RETRY" });
    expect(await sink.deliver(batchOf(eventOf("a")))).toBeUndefined();
    expect(received(emulator).map(({ messageId }) => messageId)).toEqual(["a", "a"]);
  });
});

describe("partitions", () => {
  it("vm: all events of a VM share one and stay in order, over many batches of the SDK", async () => {
    await using emulator = await startEventHubsEmulator({ hubs: { hub: { partitions: 16 } } });
    await using sink = await openSink(emulator);
    const events = ids(600).map((id) => eventOf(id, { subject: `event-${id}` }));
    expect(await sink.deliver(batchOf(...events.slice(0, 400)))).toBeUndefined();
    expect(await sink.deliver(batchOf(...events.slice(400)))).toBeUndefined();
    expect(received(emulator).map(({ messageId }) => messageId)).toEqual(ids(600));
    expect(new Set(received(emulator).map(({ partition }) => partition)).size).toBe(1);
  });

  it("event: what two VMs see of one event meets in one partition, in order; other events spread", async () => {
    await using emulator = await startEventHubsEmulator({ hubs: { hub: { partitions: 16 } } });
    const options = { partitionBy: "event" } as const;
    await using one = await openSink(emulator, { options });
    await using other = await openSink(emulator, { options });
    const seen = (vm: string) =>
      ids(40).flatMap((id) =>
        ["scheduled", "started"].map((phase) =>
          eventOf(`${id}:${phase}`, { subject: `event-${id}`, partitionkey: vm, source: `/vm/${vm}` }),
        ),
      );
    expect(await one.deliver(batchOf(...seen("1")))).toBeUndefined();
    expect(await other.deliver(batchOf(...seen("2")))).toBeUndefined();
    const partitions = new Map<string, Set<string>>();
    const phases = new Map<string, string[]>();
    for (const { partition, partitionKey = "", messageId } of received(emulator)) {
      partitions.set(partitionKey, (partitions.get(partitionKey) ?? new Set()).add(partition));
      phases.set(partitionKey, [...(phases.get(partitionKey) ?? []), String(messageId).split(":")[1] ?? ""]);
    }
    expect([...partitions.keys()].toSorted()).toEqual(
      ids(40)
        .map((id) => `event-${id}`)
        .toSorted(),
    );
    for (const [key, found] of partitions) {
      expect(found.size).toBe(1);
      expect(phases.get(key)).toEqual(["scheduled", "started", "scheduled", "started"]);
    }
    expect(new Set([...partitions.values()].flatMap((found) => [...found])).size).toBeGreaterThan(4);
  });

  it("vm: one delivery at a time, since two could swap their order; event: four", () => {
    const { concurrency } = eventHubs;
    if (typeof concurrency !== "function") throw new Error("not a function");
    const of = (partitionBy: "vm" | "event") =>
      concurrency({ eventHub: "h", partitionBy, mode: "binary", transport: "amqp" });
    expect([of("vm"), of("event")]).toEqual([1, 4]);
  });
});

describe("sizes", () => {
  const big = (id: string, length: number) => eventOf(id, { data: { text: "x".repeat(length) } });

  it("come from the link: what does not fit into one batch of the SDK travels in several, in order", async () => {
    await using emulator = await startEventHubsEmulator({ maxMessageSize: 20_000 });
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batchOf(...ids(30).map((id) => big(id, 5000))))).toBeUndefined();
    expect(received(emulator).map(({ messageId }) => messageId)).toEqual(ids(30));
  });

  it("an event that does not fit an empty batch is rejected alone, with its size and the limit", async () => {
    await using emulator = await startEventHubsEmulator({ maxMessageSize: 20_000 });
    await using sink = await openSink(emulator);
    const error = await sink.deliver(batchOf(big("0", 10), big("1", 25_000), big("2", 10)));
    expect(error).toMatchObject({
      code: "FOREWARN_PARTIAL_DELIVERY",
      delivered: [0, 2],
      rejected: [{ index: 1, reason: expect.stringMatching(/25011 bytes of data.* the 20000 bytes/) }],
    });
    expect(received(emulator).map(({ messageId }) => messageId)).toEqual(["0", "2"]);
    expect(await sink.deliver(batchOf(big("1", 25_000)))).toMatchObject({
      code: "FOREWARN_REJECT",
      message: expect.stringMatching(/^it is too large: 25011 bytes/),
    });
  });

  it("rejects alone what is not an event, and quotes nothing of it", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    const nested = eventOf("n", { datacontenttype: "application/cloudevents+json" });
    const error = await sink.deliver(batchOf(eventOf("0"), "{hunter2", nested, eventOf("3"), "null", "5"));
    expect(error).toMatchObject({ delivered: [0, 3] });
    expect((error as { rejected?: { index: number }[] }).rejected?.map(({ index }) => index)).toEqual(
      expect.arrayContaining([1, 2, 4, 5]),
    );
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain("hunter2");
  });
});

describe("a delivery that fails half-way", () => {
  it("says what arrived, so that it is not sent again", async () => {
    await using emulator = await startEventHubsEmulator({ hubs: { hub: { partitions: 1 } } });
    await using sink = await openSink(emulator);
    const batch = batchOf(...ids(300).map((id) => eventOf(id)));
    expect(await sink.deliver(batchOf(eventOf("warm")))).toBeUndefined();
    emulator.faults.add({ at: "send", do: "delay", ms: 1 });
    emulator.faults.add({ at: "send", do: "reject", condition: "com.microsoft:server-busy" });
    const error = await sink.deliver(batch);
    expect(error).toMatchObject({ code: "FOREWARN_PARTIAL_DELIVERY", status: "ServerBusyError" });
    const { delivered } = error as unknown as { readonly delivered: readonly number[] };
    expect(delivered).toEqual(ids(125).map(Number));
    const rest = batch.encoded.filter((_, index) => !delivered.includes(index));
    expect(await sink.deliver(batchOf(...rest))).toBeUndefined();
    expect(received(emulator).map(({ messageId }) => messageId)).toEqual(["warm", ...ids(300)]);
  });
});
