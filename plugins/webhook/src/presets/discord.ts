import type { Severity } from "@forewarn/sdk";
import { type Fact, type Notice, noticeOf } from "./notice.ts";
import { json, type Preset } from "./preset.ts";

/**
 * Discord: one embed. Data is escaped so that no Markdown, link or mention comes of it, and mentions are switched off
 * besides. Limits: title 256 characters, description 4,096, 25 fields, a field's value 1,024, 6,000 in all.
 */
export const discord: Preset = {
  concurrency: 1,
  request: (event) => json(message(noticeOf(event), event.time, event.type)),
};

const colors: Readonly<Record<Severity, number>> = { error: 0xd13438, warn: 0xf7a500, info: 0x2b88d8 };
const green = 0x2e8b57;

function message(notice: Notice, time: string, type: string) {
  const embed = {
    title: escape(notice.title),
    description: escape(notice.text),
    color: notice.state === "closed" ? green : colors[notice.severity],
    timestamp: time,
    footer: { text: `Forewarn, ${type}` },
    fields: notice.facts.map(field),
  };
  return { embeds: [embed], allowed_mentions: { parse: [] } };
}

/** A moment as Discord's own markup: in the reader's zone, and how long from now. */
function field({ name, value, time }: Fact) {
  const unix = time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
  return {
    name,
    value: unix === undefined ? escape(value) : `<t:${unix}:F> (<t:${unix}:R>)`,
    inline: value.length <= 40,
  };
}

/** Discord takes any punctuation after a backslash as it is; texts are cut so short that they fit when all is escaped. */
function escape(text: string): string {
  return text.replaceAll(/[\\*_~`|<>[\]()#@:+.-]/g, String.raw`\$&`);
}
