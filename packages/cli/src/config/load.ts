import { resolve } from "node:path";
import { adminFindings } from "./check-admin.ts";
import { approveFindings } from "./check-approve.ts";
import { type Draft, readDraft } from "./draft.ts";
import { explain } from "./explain.ts";
import { createKnowledge } from "./knowledge.ts";
import { limitFindings } from "./limits.ts";
import { type Excerpt, maskedExcerpt } from "./mask.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";
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
