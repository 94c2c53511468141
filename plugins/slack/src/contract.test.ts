import { type HttpDelivery, type ReceivedEvent, startHttpEnd, testSink } from "@forewarn/testkit";
import type { MessageBlock, Payload } from "./message/blocks.ts";
import { slack } from "./slack.ts";

const path = "/services/T0SECRETTEAM/B0SECRETHOOK/s3cr3tT0kenOfTheHook";

testSink("slack", {
  definition: slack,
  readme: new URL("../README.md", import.meta.url),
  // One message per second is Slack's pace, not the test's.
  timeScale: 1000,
  start: () =>
    startHttpEnd({
      options: (url) => ({ url: url + path, digestAfter: 0 }),
      secrets: path.split("/").filter((part) => part.length > 8),
      read: eventOf,
      answers: {
        accept: { status: 200, body: "ok" },
        reject: { status: 400, body: "invalid_payload" },
        misconfigured: { status: 404, body: "no_service" },
        retry: { status: 500, body: "rollup_error" },
        throttle: { status: 429, body: "rate_limited" },
      },
    }),
});

/** A message carries its event's id where no reader sees it. */
function eventOf({ body }: HttpDelivery): readonly ReceivedEvent[] {
  const { attachments = [] } = JSON.parse(body.toString()) as Payload;
  const blocks = attachments.flatMap((one) => (one.blocks ?? []) as unknown as readonly MessageBlock[]);
  return blocks.flatMap((block) => ("block_id" in block ? [{ id: block.block_id as string }] : []));
}
