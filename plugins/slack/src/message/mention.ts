import { type ForewarnEvent, type Severity, atLeast, isScheduledEvent } from "@forewarn/sdk";
import { isWorse } from "./changes.ts";
import { severityOf } from "./look.ts";
import type { Earlier } from "./stories.ts";

/** Whom to mention for events of a severity: `<!here>`, `<!channel>`, a user's or a group's id. */
export type Mentions = Readonly<Partial<Record<Severity, string>>>;

/** What a mention may be. Ids of users begin with U or W, of user groups with S (docs.slack.dev, formatting). */
export const mentionPattern = "^(<!here>|<!channel>|<!everyone>|[UWS][A-Z0-9]{5,20})$";

/** A mention as Slack's markup. */
export function mentionMarkup(mention: string): string {
  if (mention.startsWith("<")) return mention;
  return mention.startsWith("S") ? `<!subteam^${mention}>` : `<@${mention}>`;
}

/** The markup of whom an event calls; empty where nobody needs to come, as for an end, or for what was told before. */
export function mentionFor(event: ForewarnEvent, earlier: Earlier, mentions: Mentions): string {
  const severity = severityOf(event);
  const mention = mentions[severity];
  return mention === undefined || !needsPerson(event, earlier, severity) ? "" : mentionMarkup(mention);
}

function needsPerson(event: ForewarnEvent, earlier: Earlier, severity: Severity): boolean {
  if (!isScheduledEvent(event)) return atLeast(severity, "warn");
  const { data } = event;
  if (data.phase === "updated") return isWorse(data, earlier);
  if (data.phase === "started") return !((data.noticeMs ?? 0) > 0);
  return data.phase === "scheduled";
}
