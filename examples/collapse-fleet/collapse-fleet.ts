import { EventHubConsumerClient, earliestEventPosition, type ReceivedEventData } from "@azure/event-hubs";
import { decodeAmqp, isScheduledEvent } from "@forewarn/sdk";
import { parseEvent } from "@forewarn/sdk/receiver";
import { createStories } from "./stories.ts";

const { EVENT_HUBS_CONNECTION_STRING = "", EVENT_HUB = "vm-events" } = process.env;
const consumer = new EventHubConsumerClient("$Default", EVENT_HUBS_CONNECTION_STRING, EVENT_HUB);
const stories = createStories();
const seen = new Set<string>();
const count = { events: 0, duplicates: 0, unknown: 0, invalid: 0 };

const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

function take({ contentType, properties, body, sequenceNumber }: ReceivedEventData): void {
  const event = decodeAmqp({ contentType, applicationProperties: properties, body });
  const key = `${event.source} ${event.id}`;
  // Delivery is at least once: what has come before is dropped.
  if (seen.has(key)) {
    count.duplicates++;
    return;
  }
  seen.add(key);
  const parsed = parseEvent(event);
  if (!parsed.known) {
    count.unknown++;
    process.stderr.write(`message ${sequenceNumber}: ${parsed.why}\n`);
    return;
  }
  count.events++;
  const story = isScheduledEvent(parsed.event) ? stories.add(parsed.event) : undefined;
  if (story !== undefined) print(story);
}

consumer.subscribe(
  {
    async processEvents(messages) {
      for (const message of messages) {
        try {
          take(message);
        } catch (error) {
          // No CloudEvent, or it does not keep its schema: it will not get better, so it must not hold up the others.
          count.invalid++;
          process.stderr.write(`message ${message.sequenceNumber}: ${(error as Error).message}\n`);
        }
      }
    },
    async processError(error) {
      process.stderr.write(`${error.message}\n`);
    },
  },
  { startPosition: earliestEventPosition, skipParsingBodyAsJson: true },
);

process.once("SIGINT", async () => {
  await consumer.close();
  print({ stories: stories.all(), ...count });
});
