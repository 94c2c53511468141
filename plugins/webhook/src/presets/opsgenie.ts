import type { Severity } from "@forewarn/sdk";
import { type Notice, noticeOf } from "./notice.ts";
import { json, type Preset, type PresetRequest } from "./preset.ts";

/**
 * Opsgenie, and Jira Service Management with its URL: creates an alert when an event is announced or starts, closes it
 * by its alias when it is over. Limits: message 130 characters, alias 512, description 15,000, details 8,000 in all.
 */
export const opsgenie: Preset = {
  url: "https://api.opsgenie.com/v2/alerts",
  key: "apiKey",
  concurrency: 8,
  request(event, { url, apiKey }) {
    const notice = noticeOf(event);
    if (notice.state === "told") return undefined;
    const headers = { authorization: `GenieKey ${apiKey}` };
    const about = { source: "Forewarn", note: plain(notice.text) };
    if (notice.state === "closed") {
      return withKey({ ...json(about), url: closing(url, notice.key) }, headers);
    }
    return withKey(
      json({
        ...about,
        alias: notice.key,
        message: plain(notice.title),
        description: descriptionOf(notice),
        entity: notice.machine,
        priority: priorities[notice.severity],
        tags: ["forewarn"],
        details: Object.fromEntries(notice.facts.map(({ name, value }) => [name, plain(value)])),
      }),
      headers,
    );
  },
  misconfigured: (answer) =>
    /key format is not valid/i.test(answer)
      ? "the option apiKey is not the key of an API integration"
      : undefined,
};

const priorities: Readonly<Record<Severity, string>> = { error: "P1", warn: "P3", info: "P5" };

function withKey(request: PresetRequest, headers: Readonly<Record<string, string>>): PresetRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function closing(url: string, alias: string): string {
  const closed = new URL(url);
  closed.pathname = `${closed.pathname.replace(/\/$/, "")}/${encodeURIComponent(alias)}/close`;
  closed.searchParams.set("identifierType", "alias");
  return closed.href;
}

function descriptionOf({ text, facts }: Notice): string {
  return [plain(text), "", ...facts.map(({ name, value }) => `${name}: ${plain(value)}`)].join("\n");
}

/** Opsgenie shows HTML in texts, but sends the same texts as SMS and push: quotes in place of what would be a tag. */
function plain(text: string): string {
  return text.replaceAll("<", "‹").replaceAll(">", "›");
}
