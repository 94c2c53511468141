import type { TString } from "typebox";
import { type Told, Type } from "./type.ts";

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const bytes: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 };

const durationPattern = "^\\d+(\\.\\d+)?(ms|s|m|h|d)$";
const sizePattern = "^\\d+(\\.\\d+)?(B|kB|KB|MB|GB)$";

interface UnitOptions {
  readonly description?: string;
  readonly default?: string;
}

/** A duration with its unit: `250ms`, `1s`, `15m`, `1h`, `30d`. */
export const Duration = <const Options extends UnitOptions>(options?: Options): TString & Told<Options> =>
  Type.String({ pattern: durationPattern, ...options }) as TString & Told<Options>;

/** A size with its decimal unit: `512B`, `64kB`, `10MB`, `1GB`. */
export const Size = <const Options extends UnitOptions>(options?: Options): TString & Told<Options> =>
  Type.String({ pattern: sizePattern, ...options }) as TString & Told<Options>;

/** Milliseconds of a {@link Duration}; throws a `RangeError` that names the text and the units. */
export function parseDuration(text: string): number {
  return parse(
    text,
    durationPattern,
    milliseconds,
    "a duration with its unit, such as 250ms, 1s, 15m, 1h or 30d",
  );
}

/** Bytes of a {@link Size}; throws a `RangeError` that names the text and the units. */
export function parseSize(text: string): number {
  return parse(text, sizePattern, bytes, "a size with its unit, such as 512B, 64kB, 10MB or 1GB");
}

function parse(
  text: string,
  pattern: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const unit = new RegExp(pattern).test(text) ? units[text.replace(/^[\d.]+/, "")] : undefined;
  if (unit === undefined) throw new RangeError(`${JSON.stringify(text)} is not ${expected}`);
  return Math.round(Number.parseFloat(text) * unit);
}

/** A duration as people read it: `850 ms`, `4.2 s`, `1 min 30 s`, `15 min`, `3 h 20 min`, `2 d 4 h`; rounded, never cut. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return pair(seconds, 60, "min", "s");
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 24 * 60 ? pair(minutes, 60, "h", "min") : pair(Math.round(minutes / 60), 24, "d", "h");
}

function pair(total: number, per: number, large: string, small: string): string {
  const rest = total % per;
  return `${Math.floor(total / per)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}
