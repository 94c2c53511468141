const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What could forge a line or turn text around: control characters, line ends, and marks of writing direction. */
const unruly = /[\p{Cc}\p{Zl}\p{Zp}]+|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A text on one line, without control characters and marks that change the direction of writing. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(unruly, (found) => (/\s/.test(found) ? " " : ""))
    .trim();
}

/** At most `most` UTF-16 units, cut between characters as people see them, with `…` where something was cut. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = "";
  // A cluster of combining marks may be as long as the text, so only what can fit is looked at.
  for (const { segment } of graphemes.segment(text.slice(0, most + 1))) {
    if (kept.length + segment.length > most - 1) break;
    kept += segment;
  }
  return `${kept.toWellFormed()}…`;
}

/** Some of a list, and how many more there are: `a, b and 3 more`. */
export function listed(items: readonly string[], most: number): string {
  if (items.length <= most) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
