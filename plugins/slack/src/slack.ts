import { checkAll, defineSink, parseDuration } from "@forewarn/sdk";
import { createDeliver } from "./deliver.ts";
import { createRender } from "./message/render.ts";
import { createStories } from "./message/stories.ts";
import { checkTemplates } from "./message/templates.ts";
import { paceOf } from "./pace.ts";
import { createPost } from "./post.ts";
import { SlackOptions } from "./slack-options.ts";
import { createStorm } from "./storm.ts";
import { checkUrl, createHideUrl } from "./webhook-url.ts";

/**
 * Tells events in Slack, each as a message, a storm of them as one. It has no probe: a webhook answers nothing but a
 * message, so the agent sends the oldest event that waits. No linger: what one poll found comes as one batch anyway, and
 * an alert should not wait to see whether others follow.
 */
export const slack = defineSink({
  type: "slack",
  summary: "Tells people in Slack what Azure is about to do to a VM, from announced to over.",
  options: SlackOptions,
  // Where each event has a message of its own, a batch must be told within a delivery's time.
  batch: ({ digestAfter }) => ({ maxEvents: digestAfter === 0 ? 5 : 100, linger: "0ms" }),
  when: { scope: "self", types: ["io.forewarn.scheduledevent.*"] },
  check(options) {
    checkAll([() => checkUrl(options.url), () => checkTemplates(options)]);
  },
  open(options, { clock, fetch, log }) {
    const { url, digestAfter, digestWindow, mention = {} } = options;
    checkUrl(url);
    const stories = createStories();
    return {
      deliver: createDeliver({
        clock,
        stories,
        mentions: mention,
        render: createRender(options, stories),
        storm: createStorm({ after: digestAfter, windowMs: parseDuration(digestWindow), clock }),
        post: createPost({ url, fetch, clock, log, pace: paceOf(url, clock), hide: createHideUrl(url) }),
      }),
    };
  },
});
