import { cut, oneLine } from "./text.ts";

/** The longest value of an event that a message repeats, in UTF-16 units before escaping. */
const mostOfValue = 300;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Escapes the three characters that Slack reads as control characters, in mrkdwn and in a message's `text`. */
export function escapeControl(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] as string);
}

const lookalikes: Readonly<Record<string, string>> = { "*": "∗", "~": "∼", "`": "ˋ", _: "ˍ" };

/**
 * A value for mrkdwn outside of code: on one line, escaped, and with lookalikes of the characters that would format
 * it, which Slack cannot escape. An underscore within a word formats nothing and stays, as in `myvmss_3`.
 */
export function escapeMrkdwn(text: string): string {
  return escapeControl(oneLine(text)).replace(
    /[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu,
    (character) => lookalikes[character] as string,
  );
}

/** A value as code in mrkdwn, where nothing but a backtick could end it; it can be copied as it is. */
export function code(text: string, most = mostOfValue): string {
  const value = cut(oneLine(text).replaceAll("`", "ˋ"), most);
  return value === "" ? "`?`" : `\`${escapeControl(value)}\``;
}

/**
 * A value for a `plain_text` object, where Slack formats nothing. Angle brackets get lookalikes, so that whatever a
 * client does with them, they make no mention and no link.
 */
export function plain(text: string, most = mostOfValue): string {
  return cut(oneLine(text).replaceAll("<", "‹").replaceAll(">", "›"), most);
}

/** `2026-04-11 22:26:58 UTC`; empty where it is no time. */
export function utc(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15
    ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`
    : "";
}

/** A moment as each reader's Slack shows it, in the reader's own time zone: `today 10:26:58 PM`. */
export function localTime(ms: number): string {
  const fallback = utc(ms);
  return fallback === ""
    ? "an unknown time"
    : `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time_secs}|${fallback}>`;
}

/** At most `most` UTF-16 units of mrkdwn; no tag, entity, code or visible character is cut in two. */
export function cutMrkdwn(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = "";
  for (const [index, piece] of text.split(/(<[^<>\n]*>|&(?:amp|lt|gt);)/).entries()) {
    const left = most - 1 - kept.length;
    if (piece.length <= left) {
      kept += piece;
      continue;
    }
    const isWhole = index % 2 === 1 || left === 0;
    // With a unit more it is cut for certain, between characters, and ends with a … that is not wanted here.
    if (!isWhole) kept += cut(`${piece}…`, left + 1).slice(0, -1);
    break;
  }
  return `${closed(kept)}…`;
}

/** Without a code that was begun and is not ended. */
function closed(text: string): string {
  return text.split("`").length % 2 === 1 ? text : text.slice(0, text.lastIndexOf("`"));
}
