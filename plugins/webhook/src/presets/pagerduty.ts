import type { Severity } from "@forewarn/sdk";
import { brief, noticeOf } from "./notice.ts";
import { json, type Preset } from "./preset.ts";

/**
 * PagerDuty Events API v2: opens an alert when an event is announced or starts, resolves it when it is over. One alert
 * for each EventId and VM, whatever happens in between. Limits: summary 1,024 characters, dedup_key 255, 512 kB in all.
 */
export const pagerduty: Preset = {
  url: "https://events.pagerduty.com/v2/enqueue",
  key: "routingKey",
  concurrency: 8,
  request(event, { routingKey }) {
    const notice = noticeOf(event);
    if (notice.state === "told") return undefined;
    const about = { routing_key: routingKey, dedup_key: notice.key };
    if (notice.state === "closed") return json({ ...about, event_action: "resolve" });
    return json({
      ...about,
      event_action: "trigger",
      client: "Forewarn",
      payload: {
        summary: notice.headline,
        source: notice.machine,
        severity: severities[notice.severity],
        timestamp: event.time,
        class: brief("eventType" in event.data ? event.data.eventType : event.type, 200) || undefined,
        group: brief(event.data.vm.scaleSet ?? "", 200) || undefined,
        custom_details: Object.fromEntries(notice.facts.map(({ name, value }) => [name, value])),
      },
    });
  },
  misconfigured: (answer) =>
    /routing[_ ]key/i.test(answer) ? "the option routingKey is not the key of an integration" : undefined,
};

const severities: Readonly<Record<Severity, string>> = { error: "critical", warn: "warning", info: "info" };
