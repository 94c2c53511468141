import { formatDuration } from "@forewarn/sdk";

/** A duration as `formatDuration` writes it everywhere, without parts of a second where there are whole ones. */
export function inWords(ms: number): string {
  return formatDuration(wholeSeconds(Math.max(0, ms)));
}

/** Rounded to whole seconds; as it is below one. */
export function wholeSeconds(ms: number): number {
  return ms < 1000 ? ms : Math.round(ms / 1000) * 1000;
}

/** How far a moment is from now: `in 15 min`, `3 min ago`, `now`. */
export function fromNow(ms: number, now: number): string {
  const away = ms - now;
  if (Math.abs(away) < 1000) return "now";
  return away > 0 ? `in ${inWords(away)}` : `${inWords(-away)} ago`;
}
