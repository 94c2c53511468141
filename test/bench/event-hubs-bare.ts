/**
 * What anybody would write in an afternoon over the same SDK: events from memory, as CloudEvents in the same mode, in
 * batches of the same size, one under way at a time; no disk and no retry.
 *
 * `node event-hubs-bare.ts CONNECTION_STRING MODE EVENTS EVENTS_PER_BATCH`
 */
import { type EventData, EventHubProducerClient } from "@azure/event-hubs";
import { eventJson } from "./backlog-file.ts";

interface Event {
  readonly id: string;
  readonly source: string;
  readonly datacontenttype: string;
  readonly data: unknown;
  readonly [attribute: string]: unknown;
}

const [connectionString = "", mode = "", ...numbers] = process.argv.slice(2);
const [count = 0, perBatch = 0] = numbers.map(Number);

// A few, again and again: many would cost it collections of garbage that sending does not need.
const texts = Array.from({ length: 1000 }, (_, index) => eventJson(index, index));
const events = texts.map((text) => JSON.parse(text) as Event);

function binary(index: number): EventData {
  const { data, datacontenttype, ...attributes } = events[index] as Event;
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) properties[`cloudEvents_${name}`] = String(value);
  return { body: data, properties, messageId: attributes.id, contentType: datacontenttype };
}

function structured(index: number): EventData {
  const { id } = events[index] as Event;
  const contentType = "application/cloudevents+json; charset=utf-8";
  return { body: Buffer.from(texts[index] as string), messageId: id, contentType };
}

const messageOf = mode === "binary" ? binary : structured;
const client = new EventHubProducerClient(connectionString, "hub", { retryOptions: { maxRetries: 0 } });
const partitionKey = events[0]?.source ?? "";
for (let sent = 0; sent < count;) {
  const batch = await client.createBatch({ partitionKey });
  while (sent < count && batch.count < perBatch && batch.tryAdd(messageOf(sent % texts.length))) sent++;
  await client.sendBatch(batch);
}
await client.close();
