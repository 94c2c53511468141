/** A program that uses the emulator in every way and must then end by itself: nothing is left that keeps it alive. */
import { connect } from "node:net";
import { once } from "node:events";
import { EventHubConsumerClient, EventHubProducerClient, earliestEventPosition } from "@azure/event-hubs";

import { startEventHubsEmulator } from "../start-event-hubs-emulator.ts";

const emulator = await startEventHubsEmulator({ webSocketPort: 0 });
const { connectionString, port } = emulator;
const producer = new EventHubProducerClient(connectionString, "hub");
await producer.sendBatch([{ body: "x" }]);
const consumer = new EventHubConsumerClient("$Default", connectionString, "hub");
const received = Promise.withResolvers<void>();
const handlers = { processEvents: async () => received.resolve(), processError: async () => {} };
const subscription = consumer.subscribe(handlers, { startPosition: earliestEventPosition });
await received.promise;
await subscription.close();
await consumer.close();
await producer.close();

// One socket says nothing, one sits in the middle of a frame, and one is swallowed.
const silent = connect(port, "127.0.0.1");
const half = connect(port, "127.0.0.1");
half.write("AMQP\x03\x01\x00\x00\x00\x00");
await Promise.all([once(silent, "connect"), once(half, "connect")]);
emulator.faults.add({ at: "connect", do: "black-hole" });
const swallowed = connect(port, "127.0.0.1");
await once(swallowed, "connect");
for (const socket of [silent, half, swallowed]) socket.on("error", () => {});
const gone = [silent, half, swallowed].map(
  (socket) => new Promise((done) => socket.resume().on("close", done)),
);
await emulator.close();
await Promise.all(gone);
await emulator.close();
process.stdout.write("closed\n");
