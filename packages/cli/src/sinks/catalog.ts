import { dirname } from "node:path";
import type { AnySinkDefinition } from "@forewarn/sdk";
import { draftOf, sourceOf } from "../config/load.ts";
import { isMap, valueAt } from "../config/pointer.ts";
import type { Finding, Problem } from "../config/problems/problem.ts";
import { hostOf, type Host } from "../config/source.ts";
import { installedSinks } from "./installed.ts";
import { type LoadedSink, loadSink, type SinkPlaces } from "./load.ts";

/** A sink that a configuration may name. */
export interface CatalogEntry {
  /** What stands for it after `type:`. */
  readonly type: string;
  readonly definition: AnySinkDefinition;
  /** The URL of its module. */
  readonly url: string;
  /** `configured`: only the given configuration names it, such as a path. */
  readonly from: "installed" | "configured";
}

/** Every sink that is installed or that a configuration names, and those that could not be loaded. */
export interface Catalog {
  readonly sinks: readonly CatalogEntry[];
  readonly broken: readonly ({ readonly type: string } & Finding)[];
}

/** Looks up all sinks: those installed and, where a file is given, those it names. A file that cannot be read is a problem. */
export async function readCatalog(
  file: string | undefined,
  given: Partial<Host>,
): Promise<Catalog | { readonly problem: Problem }> {
  const host = hostOf(given);
  const installed = installedSinks(host.cwd);
  const named = file === undefined ? { types: [], from: host.cwd } : await typesOf(file, host);
  if ("problem" in named) return named;
  const places: SinkPlaces = { from: named.from, cwd: host.cwd };
  const types = [...new Set([...installed, ...named.types])];
  const loaded = await Promise.all(types.map(async (type) => ({ type, ...(await loadSink(type, places)) })));
  return {
    sinks: loaded.flatMap((sink) => ("finding" in sink ? [] : [entryOf(sink, installed)])),
    broken: loaded.flatMap((sink) => ("finding" in sink ? [{ type: sink.type, ...sink.finding }] : [])),
  };
}

function entryOf(
  { type, definition, url }: LoadedSink & { readonly type: string },
  installed: readonly string[],
): CatalogEntry {
  return { type, definition, url, from: installed.includes(type) ? "installed" : "configured" };
}

async function typesOf(
  file: string,
  host: Host,
): Promise<{ readonly types: readonly string[]; readonly from: string } | { readonly problem: Problem }> {
  const source = await sourceOf(file, host);
  if ("problem" in source) return source;
  const draft = await draftOf(source, host);
  const sinks = draft.document.readable ? valueAt(draft.value, "/sinks") : undefined;
  const types = Object.values(isMap(sinks) ? sinks : {}).flatMap((sink) => {
    const type = isMap(sink) ? sink["type"] : undefined;
    return typeof type === "string" ? [type] : [];
  });
  return { types, from: dirname(source.absolute) };
}
