import { type DeliveryError, MisconfiguredError, RejectError, deliveryError } from "@forewarn/sdk";
import type { HideUrl } from "./webhook-url.ts";

/** What a webhook answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The header of that name. */
  readonly retryAfter: string | null;
}

const newWebhook =
  "make a new webhook (api.slack.com/apps, your app, Incoming Webhooks) and put it into the option url";

/**
 * Slack's codes that need a person, in words; whatever the status they come with, since they are seen with 400, 403 and
 * 404. Sources: api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks; docs.slack.dev/messaging.
 */
const codes: Readonly<Record<string, string>> = {
  no_service: `the webhook was revoked or never existed: ${newWebhook}`,
  no_service_id: `the URL names no webhook: ${newWebhook}`,
  no_active_hooks: `the webhook is switched off: ${newWebhook}`,
  no_team: `the workspace is gone, or the app was removed from it: ${newWebhook}`,
  team_disabled: "the workspace is disabled: ask its owner",
  invalid_token: `the URL is wrong or the webhook was revoked: ${newWebhook}`,
  token_revoked: `the webhook was revoked: ${newWebhook}`,
  account_inactive: `the app was removed from the workspace: ${newWebhook}`,
  channel_not_found: `the webhook's channel is gone, or its app was removed from it: ${newWebhook}`,
  channel_is_archived:
    "the webhook's channel is archived: unarchive it, or make a webhook for another channel",
  is_archived: "the webhook's channel is archived: unarchive it, or make a webhook for another channel",
  action_prohibited: "an administrator of the workspace does not let this webhook post: ask for permission",
  posting_to_general_channel_denied:
    "an administrator does not let apps post to #general: make a webhook for another channel",
  restricted_action:
    "an administrator does not let apps post to this channel: ask, or choose another channel",
};

const statuses: Readonly<Record<number, string>> = {
  403: `the webhook may not post, or was revoked: look at its app in Slack, or ${newWebhook}`,
  404: `the webhook was revoked or never existed: ${newWebhook}`,
  410: `the webhook or its channel is gone: ${newWebhook}`,
};

/** Codes by which Slack refuses how a message is made, not what it says. */
const formatting: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_attachments",
  "too_many_attachments",
  "msg_blocks_too_long",
  "msg_too_long",
]);

/** Whether the same words without blocks may be taken. */
export function refusesBlocks({ status, body }: Answer): boolean {
  return status >= 400 && status < 500 && formatting.has(codeOf(body) ?? "");
}

/** The code of an answer: its whole body, or the `error` of a JSON body, as Slack-compatible receivers write it. */
export function codeOf(body: string): string | undefined {
  const text = body.trim();
  if (/^[a-z][a-z_]{2,60}$/.test(text)) return text;
  const error = /^\{.{0,2000}"error"\s*:\s*"([a-z][a-z_]{2,60})"/s.exec(text)?.[1];
  return error;
}

/** The error to throw for an answer; undefined where the message was taken. */
export function errorOf(answer: Answer, hide: HideUrl, now: number): DeliveryError | undefined {
  const { status, body, retryAfter } = answer;
  const code = codeOf(body);
  const excerpt = hide(body).slice(0, 2000).toWellFormed();
  const details = { status: code ?? status, excerpt };
  if (status >= 200 && status < 300) return denial(answer, excerpt);
  const why = code !== undefined && Object.hasOwn(codes, code) ? codes[code] : statuses[status];
  if (status >= 400 && status < 500 && why !== undefined) {
    return new MisconfiguredError(
      `Slack answered ${status}${code === undefined ? "" : ` ${code}`}: ${why}`,
      details,
    );
  }
  if (status === 400)
    return new RejectError(`Slack refused the message with 400 ${code ?? ""}`.trim(), details);
  return deliveryError({ status, retryAfter: retryAfter ?? undefined, excerpt, now });
}

/** A 2xx counts as taken unless its body says otherwise: Slack's is `ok`, those of compatible receivers vary. */
function denial({ status, body }: Answer, excerpt: string): DeliveryError | undefined {
  const text = body.trimStart();
  if (text.startsWith("<")) {
    return new MisconfiguredError(
      `answered ${status} with a web page instead of ok: the option url does not lead to a webhook, or a proxy asks for a login`,
      { status, excerpt },
    );
  }
  return /^\{.{0,2000}"(?:ok|success)"\s*:\s*false/s.test(text)
    ? new RejectError(`refused the message with ${status}`, { status, excerpt })
    : undefined;
}
