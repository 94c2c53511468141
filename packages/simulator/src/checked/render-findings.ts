import type { FileError } from "./file-error.ts";
import type { Finding } from "./finding.ts";
import type { LocatedDocument, Place } from "./located-document.ts";

/** The most of a line that is shown: a JSON file may be one line. */
const WIDTH = 120;

/** The error of a document's findings; `kind` begins each code, such as SCENARIO. */
export function fileError(document: LocatedDocument, kind: string, findings: readonly Finding[]): FileError {
  const placed = [
    ...document.broken,
    ...findings.map((finding) => ({ ...finding, place: document.placeOf(finding.path, finding.at) })),
  ].toSorted((one, other) => one.place.line - other.place.line || one.place.column - other.place.column);
  const lines = document.text.split(/\r?\n/);
  const blocks = placed.map((finding) => block(document.file, kind, finding, lines[finding.place.line - 1]));
  const count = `${placed.length} ${placed.length === 1 ? "problem" : "problems"} in ${document.file}`;
  return errorOf([...blocks, count].join("\n\n"), placed);
}

/** The error of a file that cannot be read at all. */
export function unreadable(file: string, kind: string, reason: string, cure: string): FileError {
  const finding = { code: "UNREADABLE", path: [], at: "value", message: reason, cure } as const;
  return errorOf(`${heading(file, kind, finding)}\n  help: ${cure}`, [finding]);
}

function errorOf(message: string, findings: readonly Finding[]): FileError {
  return Object.assign(new Error(printable(message)), { code: "file" as const, findings });
}

function block(
  file: string,
  kind: string,
  finding: Finding & { readonly place: Place },
  line: string | undefined,
): string {
  const { place, cure } = finding;
  return [
    heading(`${file}:${place.line}:${place.column}`, kind, finding),
    ...(line === undefined ? [] : picture(line, place)),
    ...(cure === undefined ? [] : [`  help: ${cure}`]),
  ].join("\n");
}

function heading(where: string, kind: string, { code, message }: Finding): string {
  return `${where} error ${kind}_${code}: ${message}`;
}

function picture(text: string, { line, column, length }: Place): readonly string[] {
  const from = column > WIDTH - 20 ? column - 40 : 0;
  const part = text.slice(from, from + WIDTH);
  const shown = `${from > 0 ? "…" : ""}${part}${from + WIDTH < text.length ? "…" : ""}`;
  const blank = `${from > 0 ? " " : ""}${text.slice(from, column - 1).replaceAll(/[^\t]/g, " ")}`;
  const carets = "^".repeat(Math.max(1, Math.min(length, part.length - (column - 1 - from))));
  const gutter = String(line).padStart(5);
  return [`${gutter} | ${shown}`, `${" ".repeat(gutter.length)} | ${blank}${carets}`];
}

/** Without the control characters by which a file could write to the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "\uFFFD");
}
