import { type ConfigDocument, placeOf } from "../document/document.ts";
import type { Draft } from "../document/draft.ts";
import type { Range } from "../document/range.ts";
import {
  type Notice,
  type Placed,
  type PlacedFinding,
  type Problem,
  sortProblems,
} from "../problems/problem.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import type { SchemaError } from "../schema/schema-error.ts";
import { hiddenNotice } from "../secrets/hide-notice.ts";
import { keyFindings } from "./explain-key.ts";
import { referenceProblems } from "./explain-reference.ts";
import { valueFindings } from "./explain-value.ts";

/** Every problem of a draft, and of what was found about it since, in the order of the file, without any secret. */
export function explain(
  draft: Draft,
  knowledge: Knowledge,
  found: { readonly errors?: readonly SchemaError[]; readonly findings?: readonly PlacedFinding[] } = {},
): readonly Problem[] {
  const errors = [...draft.errors, ...(found.errors ?? [])];
  const context = { draft, knowledge };
  const findings = [
    ...keyFindings(errors, context),
    ...valueFindings(errors, context),
    ...(found.findings ?? []),
  ];
  const problems: readonly Problem[] = [
    ...draft.document.problems,
    ...referenceProblems(draft, knowledge),
    ...findings.map((finding) => locate(draft.document, finding)),
  ];
  return sortProblems(problems.map(hiddenNotice));
}

/** Gives a finding or a warning its place in the file. */
export function locate<Code extends string>(document: ConfigDocument, finding: Placed<Code>): Notice<Code> {
  const { at, path, ...rest } = finding;
  if (at === "elsewhere") return { ...rest, path, file: document.file };
  const place = placeOf(document, path);
  const isWritten = document.places.has(path);
  const range = at === "key" || !isWritten ? (place.key ?? place.value) : place.value;
  if (!isWritten && place.key === undefined) {
    return { ...rest, path, file: document.file, ...document.positionOf(range.start), length: 1 };
  }
  return { ...rest, path, file: document.file, ...positionOf(document, range) };
}

function positionOf(document: ConfigDocument, range: Range) {
  const lineEnd = document.text.slice(range.start, range.end).search(/\r?\n/);
  const end = lineEnd === -1 ? range.end : range.start + lineEnd;
  return { ...document.positionOf(range.start), length: Math.max(1, end - range.start) };
}
