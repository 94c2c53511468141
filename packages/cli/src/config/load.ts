import { resolve } from "node:path";
import { adminFindings } from "./check/check-admin.ts";
import { approveFindings } from "./check/check-approve.ts";
import { limitFindings } from "./check/limits.ts";
import { type Draft, readDraft } from "./document/draft.ts";
import { explain } from "./explain/explain.ts";
import type { Problem } from "./problems/problem.ts";
import type { Excerpt } from "./problems/render.ts";
import { createKnowledge } from "./schema/knowledge.ts";
import type { Config } from "./schema/schema.ts";
import { maskedExcerpt } from "./secrets/mask.ts";
import { type Host, hostOf, readSource, type Source } from "./source.ts";

/** A configuration that cannot be used, with all that must be corrected; `renderProblems` shows it to people. */
export interface ConfigProblems {
  readonly ok: false;
  readonly problems: readonly Problem[];
  /** The file with every secret hidden; absent where it could not be read. */
  readonly excerpt?: Excerpt;
}

/** A valid configuration whose sinks were not looked at: enough for commands that only need the state directory. */
export interface LoadedConfig {
  readonly ok: true;
  readonly file: string;
  readonly config: Config;
}

/** Where a configuration is: a file, a text with the name of its file, or the default places. */
export type ConfigInput = string | { readonly path: string; readonly text: string } | undefined;

/** Reads and validates a configuration without loading its sinks; never throws. */
export async function loadConfig(
  input: ConfigInput,
  given: Partial<Host> = {},
): Promise<LoadedConfig | ConfigProblems> {
  const host = hostOf(given);
  const source = await sourceOf(input, host);
  if ("problem" in source) return { ok: false, problems: [source.problem] };
  const draft = await draftOf(source, host);
  const knowledge = createKnowledge(new Map());
  const problems = explain(draft, knowledge, {
    findings: [...limitFindings(draft), ...adminFindings(draft), ...approveFindings(draft)],
  });
  if (problems.length > 0) {
    return { ok: false, problems, excerpt: maskedExcerpt(draft.document, knowledge) };
  }
  return { ok: true, file: source.absolute, config: draft.value as Config };
}

/** The text of a configuration, wherever it is. */
export async function sourceOf(
  input: ConfigInput,
  host: Host,
): Promise<Source | { readonly problem: Problem }> {
  if (typeof input !== "object") return readSource(input, host);
  return { file: input.path, absolute: resolve(host.cwd, input.path), text: input.text };
}

/** The draft of a configuration's text, its references looked up in `host`. */
export function draftOf(source: Source, host: Host): Promise<Draft> {
  return readDraft(source.file, source.text, {
    env: host.env,
    readFile: (path) => host.readFile(path),
    file: source.absolute,
  });
}
