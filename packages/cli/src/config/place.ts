import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AdminAddress } from "@forewarn/agent";
import { addressOf, adminFindings, defaultListen } from "./check/check-admin.ts";
import { defaultStatePath, userStatePath } from "./default-path.ts";
import { explain } from "./explain/explain.ts";
import { type ConfigProblems, draftOf, sourceOf } from "./load.ts";
import { isMap, valueAt } from "./pointer.ts";
import { createKnowledge } from "./schema/knowledge.ts";
import { maskedExcerpt } from "./secrets/mask.ts";
import { type Host, hostOf } from "./source.ts";

/** Where the agent of a configuration is to be found. */
export interface Place {
  readonly ok: true;
  /** As it was named or found; null where none could be read, and the defaults hold. */
  readonly file: string | null;
  readonly admin: AdminAddress | false;
  /** Absolute. */
  readonly statePath: string;
  /** Where its IMDS is, where the configuration says it. */
  readonly endpoint?: string;
  /** The names of its sinks; null where they cannot be told. */
  readonly sinks: readonly string[] | null;
  /** What of the VM it may keep and tell; null where that cannot be understood. */
  readonly metadata: MetadataRules | null;
}

/** What of the VM may be kept and told, as far as a configuration says so. */
export interface MetadataRules {
  readonly redact?: readonly string[];
  readonly tags?: { readonly include: readonly string[]; readonly exclude: readonly string[] };
}

/**
 * Reads from a configuration only where its agent is. What is wrong elsewhere, such as a secret that only the agent's
 * own environment has, does not matter; never throws.
 */
export async function loadPlace(
  named: string | undefined,
  given: Partial<Host> = {},
): Promise<Place | ConfigProblems> {
  const host = hostOf(given);
  const source = await sourceOf(named, host);
  if ("problem" in source) {
    // Who may not read the configuration of the whole machine may still ask its agent.
    return named === undefined ? placeOf(null, {}, host) : { ok: false, problems: [source.problem] };
  }
  const draft = await draftOf(source, host);
  const knowledge = createKnowledge(new Map());
  const problems = explain(draft, knowledge, { findings: adminFindings(draft) }).filter(
    ({ path }) => !draft.document.readable || /^\/(admin|state)(\/|$)/.test(path),
  );
  return problems.length > 0
    ? { ok: false, problems, excerpt: maskedExcerpt(draft.document, knowledge) }
    : placeOf(source.file, draft.value, host);
}

function placeOf(file: string | null, value: unknown, host: Host): Place {
  const admin = valueAt(value, "/admin");
  const listen = valueAt(value, "/admin/listen");
  const path = valueAt(value, "/state/path");
  const endpoint = valueAt(value, "/imds/endpoint");
  const sinks = valueAt(value, "/sinks");
  return {
    ok: true,
    file,
    admin: admin === "off" ? false : addressOf(typeof listen === "string" ? listen : defaultListen),
    statePath: resolve(host.cwd, typeof path === "string" ? path : usualStatePath(file, host)),
    ...(typeof endpoint === "string" ? { endpoint } : {}),
    sinks: isMap(sinks) ? Object.keys(sinks) : null,
    metadata: rulesOf(valueAt(value, "/metadata")),
  };
}

function rulesOf(metadata: unknown = {}): MetadataRules | null {
  if (!isMap(metadata)) return null;
  const { redact = [], tags = {} } = metadata;
  if (!isTexts(redact) || !isMap(tags)) return null;
  const { include = ["*"], exclude = [] } = tags;
  return isTexts(include) && isTexts(exclude) ? { redact, tags: { include, exclude } } : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** Without a file, the state of an agent that ran without one is what is meant, unless the whole machine's is there. */
function usualStatePath(file: string | null, host: Host): string {
  const [usual, own] = [defaultStatePath(host), userStatePath(host)];
  const holdsOutbox = (directory: string) => existsSync(join(directory, "outbox.db"));
  return file === null && holdsOutbox(own) && !holdsOutbox(usual) ? own : usual;
}
