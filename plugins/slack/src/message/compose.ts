import {
  type MessageBlock,
  type Payload,
  context,
  fieldsSection,
  fitted,
  header,
  limits,
  mrkdwn,
  plainText,
  section,
  sizeOf,
} from "./blocks.ts";
import { cutMrkdwn, escapeControl } from "./mrkdwn.ts";
import type { Parts } from "./parts.ts";
import { oneLine } from "./text.ts";

/** A message, and the same for a receiver that refuses its blocks. */
export interface Message {
  readonly rich: Payload;
  readonly plain: Payload;
}

/** What is known of a message beside what it says. */
export interface Envelope {
  /** Slack's markup of whom to call, or nothing. */
  readonly mention: string;
  /** Said before everything else, in plain text: `SIMULATED`. */
  readonly mark: string;
  /** The event's id, carried where nobody sees it, so that a program can tell messages apart. */
  readonly id?: string;
}

/**
 * Makes blocks of what a message says: a title and what matters on top, where nothing is folded away; the rest beside
 * a coloured bar.
 */
export function compose(parts: Parts, envelope: Envelope): Message {
  const { look, lead, facts, notes, command, footer } = parts;
  const mark = envelope.mark === "" ? "" : `${envelope.mark}: `;
  const title = oneLine(`${look.emoji} ${mark}${parts.title}`);
  const lines = lead.filter((line) => line !== "");
  const text = [envelope.mention, lines.join("\n")].filter((part) => part !== "").join(" ");
  const small = footer.filter((line) => line !== "").map((line) => mrkdwn(line));
  return packed({
    notification: `${look.emoji} ${mark}${parts.sentence}`,
    mention: envelope.mention,
    color: look.color,
    top: [...header(title), ...section(mrkdwn(text))],
    details: [
      ...fieldsSection(facts),
      ...notes.flatMap((note) => context([plainText(note, limits.field)])),
      ...section(mrkdwn(command)),
      ...context(small, envelope.id),
    ],
    plainTitle: title,
    plainLines: [...lines, facts.join(" · "), ...notes.map(escapeControl), command, ...footer],
  });
}

/** The two forms of a message, within every limit of Slack's. */
export function packed(message: {
  /** Escaped. */
  readonly notification: string;
  readonly mention: string;
  readonly color: string;
  readonly top: readonly MessageBlock[];
  readonly details: readonly MessageBlock[];
  /** For the form without blocks: its first line, plain text, and the rest in mrkdwn, whose marks are left out. */
  readonly plainTitle: string;
  readonly plainLines: readonly string[];
}): Message {
  const { notification, mention, color } = message;
  const quiet = { unfurl_links: false, unfurl_media: false, link_names: false };
  const top = fitted(message.top, limits.allBlocks * 0.7);
  const details = fitted(message.details, limits.allBlocks - sizeOf(top));
  const words = message.plainLines.filter((line) => line !== "").map(withoutMarks);
  const opening = [mention, escapeControl(message.plainTitle)].filter((part) => part !== "").join(" ");
  return {
    rich: {
      ...quiet,
      text: cutMrkdwn(notification, limits.text),
      blocks: sent(top),
      ...(details.length === 0 ? {} : { attachments: [{ color, blocks: sent(details) }] }),
    },
    // `mrkdwn: false`: nothing is formatted, but tags such as a time or a mention still work.
    plain: { ...quiet, mrkdwn: false, text: cutMrkdwn([opening, ...words].join("\n"), limits.wholeText) },
  };
}

/** The library's types are those of every block there is, and its lists can be changed. */
function sent(blocks: readonly MessageBlock[]): NonNullable<Payload["blocks"]> {
  return structuredClone(blocks) as unknown as NonNullable<Payload["blocks"]>;
}

function withoutMarks(line: string): string {
  return line.replaceAll("```", "").replaceAll(/[*`]/g, "");
}
