import type { IncomingWebhookSendArguments } from "@slack/webhook";
import { cut } from "./text.ts";
import { cutMrkdwn } from "./mrkdwn.ts";

/** A text object; nothing in it is turned into a link, a mention or an emoji but what its own mrkdwn says. */
export type Text =
  | { readonly type: "plain_text"; readonly text: string; readonly emoji: false }
  | { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };

/** The blocks that messages are made of. */
export type MessageBlock =
  | { readonly type: "header"; readonly text: Text }
  | { readonly type: "section"; readonly text: Text }
  | { readonly type: "section"; readonly fields: readonly Text[] }
  | { readonly type: "context"; readonly elements: readonly Text[]; readonly block_id?: string };

/** A message as it is posted. The library does not know `mrkdwn`, but passes it on. */
export type Payload = IncomingWebhookSendArguments & { readonly mrkdwn?: false };

/** Slack's limits, in characters or items: docs.slack.dev/reference/block-kit. */
export const limits = {
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  blockId: 255,
  blocks: 50,
  /** Slack recommends at most this, and cuts a `text` beyond 40,000. */
  text: 4000,
  /** For a `text` that stands alone and has to hold everything. */
  wholeText: 10_000,
  /**
   * Bytes of JSON of all blocks. Slack documents no total and answers `msg_blocks_too_long`; seen at about 13,200
   * characters (slackapi/bolt-js#2509) and, counted otherwise, from 11,300 (bolt-js#2867).
   */
  allBlocks: 10_000,
} as const;

/** Plain text, in which Slack formats nothing. */
export function plainText(text: string, most: number = limits.section): Text {
  return { type: "plain_text", text: cut(text, most), emoji: false };
}

/** Mrkdwn whose values are escaped already. */
export function mrkdwn(text: string, most: number = limits.section): Text {
  return { type: "mrkdwn", text: cutMrkdwn(text, most), verbatim: true };
}

/** The title of a message; nothing where it is empty, which Slack refuses. */
export function header(text: string): readonly MessageBlock[] {
  return text === "" ? [] : [{ type: "header", text: plainText(text, limits.header) }];
}

/** A paragraph; nothing where it is empty. */
export function section(text: Text): readonly MessageBlock[] {
  return text.text === "" ? [] : [{ type: "section", text }];
}

/** Short facts in two columns, at most ten; nothing where there are none. */
export function fieldsSection(fields: readonly string[]): readonly MessageBlock[] {
  const texts = fields.filter((field) => field !== "").slice(0, limits.fields);
  return texts.length === 0
    ? []
    : [{ type: "section", fields: texts.map((field) => mrkdwn(field, limits.field)) }];
}

/** Small print, at most ten texts; nothing where there are none. */
export function context(elements: readonly Text[], blockId?: string): readonly MessageBlock[] {
  const shown = elements.filter(({ text }) => text !== "").slice(0, limits.contextElements);
  if (shown.length === 0) return [];
  const id = cut((blockId ?? "").toWellFormed(), limits.blockId);
  return [{ type: "context", elements: shown, ...(id === "" ? {} : { block_id: id }) }];
}

/** Bytes of JSON of blocks, or of a text in them. */
export function sizeOf(content: readonly MessageBlock[] | string): number {
  return Buffer.byteLength(JSON.stringify(content));
}

/** The blocks with their longest texts shortened until all of them together are within Slack's total. */
export function fitted(blocks: readonly MessageBlock[], most: number): readonly MessageBlock[] {
  let all = blocks;
  // Each round halves the longest text, so a few dozen rounds bring any message below any sensible limit.
  while (sizeOf(all) > most) {
    const longest = Math.max(...all.flatMap(textsOf).map(({ text }) => text.length));
    if (longest < 40) return all;
    all = all.map((block) => withTexts(block, (text) => shortened(text, longest)));
  }
  return all;
}

function shortened(text: Text, longest: number): Text {
  if (text.text.length < longest) return text;
  const most = Math.floor(longest / 2);
  return text.type === "mrkdwn" ? mrkdwn(text.text, most) : plainText(text.text, most);
}

/** Every text object of a block. */
export function textsOf(block: MessageBlock): readonly Text[] {
  if ("text" in block) return [block.text];
  return block.type === "context" ? block.elements : block.fields;
}

function withTexts(block: MessageBlock, change: (text: Text) => Text): MessageBlock {
  if (block.type === "context") return { ...block, elements: block.elements.map(change) };
  if ("fields" in block) return { ...block, fields: block.fields.map(change) };
  return { ...block, text: change(block.text) };
}
