import type { Notice, Problem } from "./problem.ts";
import type { Warning } from "./warning.ts";

/** The lines of a configuration file as they may be shown: no secret in them, each character in its old column. */
export interface Excerpt {
  readonly file: string;
  readonly lines: readonly string[];
}

/** The most of a line that is shown: a JSON file may be one line. */
const width = 120;

/**
 * Problems as people read them: place, code and sentence, the line with a caret, what to do; last their number.
 * `excerpt` is absent where there was no file to read.
 */
export function renderProblems(problems: readonly Problem[], excerpt?: Excerpt): string {
  const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  const files = [...new Set(problems.map((problem) => problem.file))];
  const total = files.length === 0 ? count : `${count} in ${files.join(", ")}`;
  return `${[...problems.map((problem) => block("error", problem, excerpt)), total].join("\n\n")}\n`;
}

/** Warnings, in the same form. */
export function renderWarnings(warnings: readonly Warning[], excerpt?: Excerpt): string {
  return `${warnings.map((warning) => block("warning", warning, excerpt)).join("\n\n")}\n`;
}

function block(level: string, notice: Notice<string>, excerpt: Excerpt | undefined): string {
  return [heading(level, notice), ...picture(notice, excerpt), ...help(notice)].join("\n");
}

function heading(level: string, { file, line, column = 1, code, message }: Notice<string>): string {
  const place = line === undefined ? "" : `:${line}:${column}`;
  return printable(`${file}${place} ${level} ${code}: ${message}`);
}

function help({ suggestion }: Notice<string>): readonly string[] {
  return suggestion === undefined ? [] : [`  help: ${printable(suggestion)}`];
}

function picture(
  { line, column = 1, length = 1 }: Notice<string>,
  excerpt: Excerpt | undefined,
): readonly string[] {
  const text = line === undefined ? undefined : excerpt?.lines[line - 1];
  if (text === undefined) return [];
  const from = column > width - 20 ? column - 40 : 0;
  const prefix = from > 0 ? "…" : "";
  const part = text.slice(from, from + width);
  const suffix = from + width < text.length ? "…" : "";
  const before = prefix + text.slice(from, column - 1);
  const carets = "^".repeat(Math.max(1, Math.min(length, part.length - (column - 1 - from))));
  const gutter = `${line}`.padStart(5);
  return [
    `${gutter} | ${printable(prefix + part + suffix)}`,
    `${" ".repeat(gutter.length)} | ${blank(before)}${carets}`,
  ];
}

/** As wide as `text` on a terminal; wide characters are not accounted for. */
function blank(text: string): string {
  return [...text].map((character) => (character === "\t" ? "\t" : " ")).join("");
}

/** Without the control characters by which a file could write to the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/g, "\uFFFD");
}
