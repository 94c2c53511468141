import { app } from "@azure/functions";
import { isScheduledEvent } from "@forewarn/sdk";
import { slack } from "@forewarn/sink-slack";
import { createHandler } from "./sink-handler.ts";

const { SLACK_WEBHOOK_URL = "", EVENT_HUB = "vm-events" } = process.env;

app.eventHub("forewarn", {
  connection: "EVENT_HUBS_CONNECTION_STRING", // the name of the application setting
  eventHubName: EVENT_HUB,
  cardinality: "many",
  // Without a retry policy the trigger goes on after a failure, and the messages of that call are lost.
  retry: {
    strategy: "exponentialBackoff",
    maxRetryCount: -1,
    minimumInterval: { seconds: 2 },
    maximumInterval: { minutes: 5 },
  },
  handler: createHandler(
    slack,
    { url: SLACK_WEBHOOK_URL },
    // Each VM tells of its neighbours, too: of those their own VMs tell.
    { wants: (event) => isScheduledEvent(event) && event.affectsself !== false },
  ),
});
