import { resolve } from "node:path";
import { type Environment, environmentProblems, proxyProblem, readTls, type TlsFiles } from "@forewarn/agent";
import type { Draft } from "../document/draft.ts";
import { childOf, isMap, type Pointer, readable, valueAt } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";
import type { PlacedWarning } from "../problems/warning.ts";

/** What was found about the proxies and the TLS files of all sinks. */
export interface HttpCheck {
  readonly findings: readonly PlacedFinding[];
  /** What is usable and soon will not be. */
  readonly warnings: readonly PlacedWarning[];
}

/** Checks `proxy` and reads the files of `tls`, from `directory` where their paths are relative; never rejects. */
export async function checkHttp(
  draft: Draft,
  { directory, env }: { readonly directory: string; readonly env: Environment },
): Promise<HttpCheck> {
  const sinks = draft.document.readable ? valueAt(draft.value, "/sinks") : undefined;
  const names = isMap(sinks) ? Object.keys(sinks) : [];
  const checks = names.map(async (name) => {
    const sink = childOf("/sinks", name);
    const { findings, warnings } = await checkTls(draft, `${sink}/tls`, directory);
    return { findings: [...checkProxy(draft, `${sink}/proxy`), ...findings], warnings };
  });
  const all = await Promise.all(checks);
  return {
    findings: all.flatMap(({ findings }) => findings),
    warnings: [...environmentWarnings(env), ...all.flatMap(({ warnings }) => warnings)],
  };
}

function environmentWarnings(env: Environment): readonly PlacedWarning[] {
  return environmentProblems(env).map(({ variable, message, suggestion }) => ({
    code: "CONFIG_PROXY_VARIABLE",
    path: "",
    at: "elsewhere",
    message: `${variable} of the environment ${message}: sinks that would use it will be paused`,
    suggestion: `${suggestion}, or give each sink a proxy of its own`,
  }));
}

/** The files of a sink's `tls`, with absolute paths. */
export function tlsFilesOf(tls: TlsFiles, directory: string): TlsFiles {
  const paths = (["ca", "cert", "key"] as const).flatMap((key) => {
    const path = tls[key];
    return path === undefined ? [] : [[key, resolve(directory, path)] as const];
  });
  return {
    ...Object.fromEntries(paths),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
  };
}

function checkProxy(draft: Draft, path: Pointer): readonly PlacedFinding[] {
  const proxy = valueAt(draft.value, path);
  // What has no such scheme is told by the schema.
  if (typeof proxy !== "string" || !/^https?:/i.test(proxy)) return [];
  const problem = proxyProblem(proxy);
  if (problem === undefined) return [];
  const { message, suggestion } = problem;
  return [
    { code: "CONFIG_BAD_VALUE", path, at: "value", message: `${readable(path)} ${message}`, suggestion },
  ];
}

async function checkTls(draft: Draft, parent: Pointer, directory: string): Promise<HttpCheck> {
  const tls = valueAt(draft.value, parent);
  if (!isTlsFiles(tls) || isUnresolved(draft, parent)) return { findings: [], warnings: [] };
  const files = tlsFilesOf(tls, directory);
  const { problems, warnings } = await readTls(files, Date.now());
  return {
    findings: problems.map(({ key, message, suggestion }) => {
      const path = childOf(parent, key);
      const told = `${readable(path)}: ${withoutValues(message, files, draft, parent)}`;
      return { code: "CONFIG_BAD_TLS", path, at: "value", message: told, suggestion };
    }),
    warnings: warnings.map(({ key, message, suggestion }) => {
      const path = childOf(parent, key);
      return {
        code: "CONFIG_TLS_WARNING",
        path,
        at: "value",
        message: `${readable(path)} ${message}`,
        suggestion,
      };
    }),
  };
}

const tlsKeys: ReadonlySet<string> = new Set(["ca", "cert", "key", "passphrase"]);

/** Whether these are texts alone: all else is told by the schema. */
function isTlsFiles(value: unknown): value is TlsFiles {
  return (
    isMap(value) &&
    Object.entries(value).every(
      ([key, text]) => !tlsKeys.has(key) || (typeof text === "string" && text !== ""),
    )
  );
}

/** What a failed reference would have become is unknown, so nothing is said of it. */
function isUnresolved(draft: Draft, parent: Pointer): boolean {
  return [...draft.substitutions].some(
    ([pointer, { failures }]) => pointer.startsWith(`${parent}/`) && failures.length > 0,
  );
}

/** A message without the paths that references stand for: one may be the key itself, by mistake. */
function withoutValues(message: string, files: TlsFiles, draft: Draft, parent: Pointer): string {
  return (["ca", "cert", "key"] as const).reduce((told, key) => {
    const { parts = [] } = draft.substitutions.get(childOf(parent, key)) ?? {};
    const names = parts.flatMap((part) => ("raw" in part ? [part.raw.replace(/:-.*\}$/s, "}")] : []));
    const path = files[key];
    return path === undefined || names.length === 0
      ? told
      : told.replaceAll(path, `what ${names.join(" and ")} stands for`);
  }, message);
}
