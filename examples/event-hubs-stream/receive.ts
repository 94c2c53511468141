import { EventHubConsumerClient, earliestEventPosition } from "@azure/event-hubs";
import { decodeAmqp } from "@forewarn/sdk";

const { EVENT_HUBS_CONNECTION_STRING = "", EVENT_HUB = "vm-events" } = process.env;
const consumer = new EventHubConsumerClient("$Default", EVENT_HUBS_CONNECTION_STRING, EVENT_HUB);
const seen = new Set<string>();

consumer.subscribe(
  {
    async processEvents(messages) {
      for (const { contentType, properties, body } of messages) {
        const event = decodeAmqp({ contentType, applicationProperties: properties, body });
        const key = `${event.source} ${event.id}`;
        // Delivery is at least once: what has come before is dropped.
        if (!seen.has(key)) process.stdout.write(`${JSON.stringify(event)}\n`);
        seen.add(key);
      }
    },
    async processError(error) {
      process.stderr.write(`${error.message}\n`);
    },
  },
  { startPosition: earliestEventPosition, skipParsingBodyAsJson: true },
);
process.once("SIGINT", () => void consumer.close());
