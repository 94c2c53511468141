import type { Excerpt } from "./mask.ts";
import type { Problem } from "./problem.ts";

/** The most of a line that is shown: a JSON file may be one line. */
const width = 120;

/**
 * Problems as people read them: place, code and sentence, the line with a caret, what to do; last their number.
 * `excerpt` is absent where there was no file to read.
 */
export function renderProblems(problems: readonly Problem[], excerpt?: Excerpt): string {
  const blocks = problems.map((problem) => [
    heading(problem),
    ...picture(problem, excerpt),
    ...help(problem),
  ]);
  const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  const files = [...new Set(problems.map((problem) => problem.file))];
  const total = files.length === 0 ? count : `${count} in ${files.join(", ")}`;
  return `${[...blocks.map((block) => block.join("\n")), total].join("\n\n")}\n`;
}

function heading(problem: Problem): string {
  const place = problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
  return printable(`${problem.file}${place} error ${problem.code}: ${problem.message}`);
}

function help(problem: Problem): readonly string[] {
  return problem.suggestion === undefined ? [] : [`  help: ${printable(problem.suggestion)}`];
}

function picture(problem: Problem, excerpt: Excerpt | undefined): readonly string[] {
  const { line, column = 1, length = 1 } = problem;
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
