import { dirname } from "node:path";
import type { TSchema } from "@forewarn/sdk";
import type { Importer } from "../sinks/load.ts";
import { adminFindings } from "./check/check-admin.ts";
import { approveFindings } from "./check/check-approve.ts";
import { checkHttp } from "./check/check-http.ts";
import { type CheckedSink, checkSinks } from "./check/check-sinks.ts";
import { filterWarnings } from "./check/filter-attributes.ts";
import { limitFindings } from "./check/limits.ts";
import { typeWarnings } from "./check/unknown-types.ts";
import { explain, locate } from "./explain/explain.ts";
import { type ConfigProblems, draftOf, sourceOf } from "./load.ts";
import { sortProblems } from "./problems/problem.ts";
import type { Excerpt } from "./problems/render.ts";
import { createKnowledge } from "./schema/knowledge.ts";
import type { Config } from "./schema/schema.ts";
import { hiddenNotice } from "./secrets/hide-notice.ts";
import { hiddenFindings } from "./secrets/hide-secrets.ts";
import { literalSecrets } from "./secrets/literal-secrets.ts";
import { maskedExcerpt } from "./secrets/mask.ts";
import { baseSettings, type Settings, sinkSettings, type SinkSurroundings } from "./settings.ts";
import { type Host, hostOf } from "./source.ts";

/** What {@link readConfig} depends on; everything not given is this process's own. */
export interface ReadOptions extends Partial<Host> {
  /** The configuration file, from `cwd`; without it the default places are tried. */
  readonly file?: string;
  /** The file's text, where it is not to be read from disk. */
  readonly text?: string;
  readonly importer?: Importer;
}

/** A configuration that can be used. */
export interface ReadConfig {
  readonly ok: true;
  readonly settings: Settings;
  /** The file with every secret hidden. */
  readonly excerpt: Excerpt;
}

/** Reads a configuration, loads its sinks, and returns what the program uses, or everything wrong at once. */
export async function readConfig(options: ReadOptions = {}): Promise<ReadConfig | ConfigProblems> {
  const host = hostOf(options);
  const { file = "forewarn.yaml", text } = options;
  const source = await sourceOf(text === undefined ? options.file : { path: file, text }, host);
  if ("problem" in source) return { ok: false, problems: [source.problem] };
  const draft = await draftOf(source, host);
  const directory = dirname(source.absolute);
  const http = await checkHttp(draft, { directory, env: host.env });
  const checked = await checkSinks(draft, {
    from: directory,
    cwd: host.cwd,
    ...(options.importer === undefined ? {} : { importer: options.importer }),
  });
  const knowledge = createKnowledge(schemasOf(checked));
  const problems = explain(draft, knowledge, {
    errors: checked.flatMap((sink) => sink.errors),
    findings: [
      ...limitFindings(draft),
      ...adminFindings(draft),
      ...approveFindings(draft),
      ...http.findings,
      ...checked.flatMap((sink) => hiddenFindings(sink, draft, knowledge)),
    ],
  });
  if (problems.length > 0) {
    return { ok: false, problems, excerpt: maskedExcerpt(draft.document, knowledge) };
  }
  const config = draft.value as Config;
  const sinks = checked.flatMap((sink) =>
    settingsOf(sink, config, { knowledge, substitutions: draft.substitutions, env: host.env, directory }),
  );
  const found = [
    ...http.warnings,
    ...literalSecrets(draft, knowledge),
    ...filterWarnings(draft),
    ...typeWarnings(draft),
  ];
  const warnings = sortProblems(found.map((warning) => hiddenNotice(locate(draft.document, warning))));
  return {
    ok: true,
    excerpt: maskedExcerpt(draft.document, knowledge),
    settings: {
      ...baseSettings(config, host),
      ...(source.variables === undefined
        ? { file: source.absolute }
        : { file: source.file, variables: source.variables }),
      sinks,
      warnings,
    },
  };
}

function schemasOf(checked: readonly CheckedSink[]): ReadonlyMap<string, TSchema> {
  return new Map(
    checked.flatMap(({ name, loaded }) =>
      loaded === undefined ? [] : [[name, loaded.definition.options] as const],
    ),
  );
}

function settingsOf(sink: CheckedSink, config: Config, surroundings: SinkSurroundings) {
  const { definition } = sink.loaded ?? {};
  const written = config.sinks[sink.name];
  if (definition === undefined || written === undefined) return [];
  return [sinkSettings(sink, definition, written, surroundings)];
}
