import type { Redact } from "@forewarn/agent";
import { type Logger, oneLine } from "@forewarn/sdk";
import type { Io } from "../io.ts";
import { paintFor } from "./color.ts";

/** The levels, the least important first. */
export const logLevels = ["debug", "info", "warn", "error"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** How the log looks. */
export interface LogSettings {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, else one JSON object per line. */
  readonly format: "auto" | "pretty" | "json";
}

const styles = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** Writes the log to stderr; here, and only here, secrets are taken out. */
export function createLogger(settings: LogSettings, io: Io, redact: Redact): Logger {
  const pretty = settings.format === "pretty" || (settings.format === "auto" && io.stderr.isTTY === true);
  const paint = paintFor(io.stderr, io.env);
  const write = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(settings.level)) return;
    const time = new Date();
    const head = `${paint("dim", clockTime(time))} ${paint(styles[level], level.padEnd(5))}`;
    // A secret may have several lines, so it is taken out first.
    const line = pretty
      ? `${head} ${oneLine(redact(`${message}${detail(fields)}`))}`
      : redact(lineOf({ time: time.toISOString(), level, message }, fields));
    io.stderr.write(`${line}\n`);
  };
  return {
    debug: (message, fields = {}) => write("debug", message, fields),
    info: (message, fields = {}) => write("info", message, fields),
    warn: (message, fields = {}) => write("warn", message, fields),
    error: (message, fields = {}) => write("error", message, fields),
  };
}

/** The time of day, local, with seconds. */
export function clockTime(time: Date): string {
  return time.toTimeString().slice(0, 8);
}

/** One line of JSON; a field of a sink never takes the place of the time, the level or the message. */
function lineOf(own: Readonly<Record<string, string>>, fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`,${JSON.stringify(key in own ? `field.${key}` : key)}:${jsonOf(value)}`],
  );
  return `${JSON.stringify(own).slice(0, -1)}${pairs.join("")}}`;
}

/** JSON of whatever a sink logs: an error is its name and message; never throws. */
function jsonOf(value: unknown): string {
  const known = (_: string, each: unknown) => (each instanceof Error ? String(each) : each);
  try {
    return JSON.stringify(value, known) ?? "null";
  } catch {
    return JSON.stringify(String(value));
  }
}

function detail(fields: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" && !/\s/.test(value) ? value : jsonOf(value)}`,
  );
  return entries.length === 0 ? "" : ` (${entries.join(" ")})`;
}
