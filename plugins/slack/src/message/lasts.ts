import { inWords } from "./duration.ts";

/** How long an interruption is expected to last, in words. */
export function lasts(durationSeconds: number | null): string {
  if (durationSeconds === null) return "unknown";
  return durationSeconds === 0 ? "no interruption" : `about ${inWords(durationSeconds * 1000)}`;
}
