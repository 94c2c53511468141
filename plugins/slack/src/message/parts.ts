import type { Look } from "./look.ts";

/** What a message says, before it is made of blocks. Whatever comes from an event is escaped for its place. */
export interface Parts {
  readonly look: Look;
  /** Plain text: what, of what, when. */
  readonly title: string;
  /** Mrkdwn, one line each, most important first. */
  readonly lead: readonly string[];
  /** Mrkdwn, short. */
  readonly facts: readonly string[];
  /** Plain text: the words of others, and what has no better place. */
  readonly notes: readonly string[];
  /** Mrkdwn: a command and what it is for; empty where there is none. */
  readonly command: string;
  /** Mrkdwn, small. */
  readonly footer: readonly string[];
  /** One sentence for notifications, escaped. */
  readonly sentence: string;
}
