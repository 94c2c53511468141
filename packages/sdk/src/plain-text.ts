const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What could forge a line or turn text around: control characters, line ends, and marks of writing direction. */
const unruly = /[\p{Cc}\p{Zl}\p{Zp}]+|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A text on one line, well formed, without control characters and marks that change the direction of writing. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(unruly, (found) => (/\s/.test(found) ? " " : ""))
    .trim();
}

/** At most `most` UTF-16 units (1 or more), cut between characters as people see them, with `…` where something was cut. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = "";
  // A cluster of combining marks may be as long as the text, so only what can fit is looked at.
  for (const { segment } of graphemes.segment(text.slice(0, most + 1))) {
    if (kept.length + segment.length > most - 1) break;
    kept += segment;
  }
  return `${kept.toWellFormed()}…`;
}

/** At most `most` of a list (1 or more), and how many more there are: `a, b and 3 more`. */
export function listed(items: readonly string[], most: number): string {
  if (items.length <= most) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}

/** An RFC 3339 time as people read it: `2026-11-22 20:00:30 UTC`; what is no time stays as it is. */
export function utcTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A part of a URL as it is meant, `%2F` as `/`; what encodes nothing stays as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
