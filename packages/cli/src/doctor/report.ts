import { cutText, oneLine } from "@forewarn/sdk";
import type { Paint } from "../log/color.ts";
import type { Finding, Mark } from "./finding.ts";

const marks = {
  ok: ["✓", "green"],
  note: ["!", "yellow"],
  fail: ["✗", "red"],
  skipped: ["–", "dim"],
} as const satisfies Readonly<Record<Mark, readonly [string, Parameters<Paint>[0]]>>;

const longest = 1000;

/** One finding for people, with its cure below. */
export function findingText({ mark, text, cure }: Finding, paint: Paint): string {
  const [sign, style] = marks[mark];
  const told = cutText(oneLine(text), longest);
  const line = `${paint(style, sign)} ${mark === "skipped" ? paint("dim", told) : told}\n`;
  return cure === undefined ? line : `${line}    ${paint("dim", "→")} ${oneLine(cure)}\n`;
}

/** The last line: whether anything stands in the way. */
export function verdictText(findings: readonly Finding[]): string {
  const count = (wanted: Mark) => findings.filter(({ mark }) => mark === wanted).length;
  const [failed, noted] = [count("fail"), count("note")];
  const notes = noted === 0 ? "" : `, ${noted} to know of`;
  if (failed === 0) return `\nNothing stands in the way${notes}.\n`;
  return `\n${failed === 1 ? "1 thing does" : `${failed} things do`} not work${notes}.\n`;
}
