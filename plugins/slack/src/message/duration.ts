import { formatDuration } from "@forewarn/sdk";

const minute = 60_000;
const hour = 60 * minute;
/** So that what was announced 15 min ahead and is told a moment later is still called 15 min. */
const tolerance = 5000;

/** A duration for people who must act: to the second below two minutes, and never much longer than it is. */
export function inWords(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${Math.max(0, seconds)} s`;
  if (seconds < 120) return seconds === 60 ? "1 min" : `1 min ${seconds - 60} s`;
  const step = ms < 24 * hour ? minute : hour;
  return formatDuration(Math.floor((ms + tolerance) / step) * step);
}

/** How far a moment is from now: `in 15 min`, `3 min ago`, `now`. */
export function fromNow(ms: number, now: number): string {
  const away = ms - now;
  if (Math.abs(away) < 1000) return "now";
  return away > 0 ? `in ${inWords(away)}` : `${inWords(-away)} ago`;
}
