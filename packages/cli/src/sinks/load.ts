import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type AnySinkDefinition, nearest } from "@forewarn/sdk";
import type { Finding } from "../config/problems/problem.ts";
import { firstPartySinks } from "./first-party.ts";
import { importFinding } from "./import-error.ts";
import { installResolveHook, isNotFound, resolveFrom } from "./resolve-hook.ts";
import { sinkOf } from "./sink-export.ts";
import { readSinkType, type SinkModule } from "./sink-type.ts";

/** How modules are found and loaded; a test may replace it. */
export interface Importer {
  /** The URL of what `specifier` means in a file of `directory`, or of this program; throws as Node does. */
  resolve(specifier: string, directory?: string): string;
  import(url: string): Promise<unknown>;
}

/** Where a sink is looked for. */
export interface SinkPlaces {
  /** The directory of the configuration file: paths are taken from it, and packages looked for in it. */
  readonly from: string;
  /** Another directory whose packages are looked at, last. */
  readonly cwd?: string;
  readonly importer?: Importer;
}

/** A sink's definition and where it came from. */
export interface LoadedSink {
  readonly definition: AnySinkDefinition;
  /** The module's URL. */
  readonly url: string;
  readonly module: SinkModule;
  /** Where the package was found, as `Importer.resolve` takes it. */
  readonly directory?: string;
}

/** Node's own `import`, with the resolve hook that lets a user's file import `@forewarn/sdk`. */
export const nodeImporter: Importer = {
  resolve: resolveFrom,
  async import(url) {
    installResolveHook();
    return (await import(/* @vite-ignore */ versioned(url))) as unknown;
  },
};

/** When each file was last changed, as it was first loaded. */
const loaded = new Map<string, number>();

/** Node loads a URL only once: a file that has changed since needs another one. */
function versioned(url: string): string {
  const changed = url.startsWith("file:")
    ? (statSync(new URL(url), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    : 0;
  const first = loaded.get(url) ?? changed;
  loaded.set(url, first);
  return changed === first ? url : `${url}?v=${changed}`;
}

/**
 * Loads the sink that a `type` names; what is wrong comes back as a finding, never thrown. A package is looked for
 * where this program is installed, then from the configuration's directory, then from `cwd`.
 */
export async function loadSink(
  type: string,
  places: SinkPlaces,
): Promise<LoadedSink | { readonly finding: Finding }> {
  const module = readSinkType(type, places.from);
  if ("finding" in module) return module;
  const importer = places.importer ?? nodeImporter;
  const found =
    module.kind === "path" ? await findFile(module, type) : findPackage(module, type, places, importer);
  if ("finding" in found) return found;
  let loaded: unknown;
  try {
    loaded = await importer.import(found.url);
  } catch (error) {
    return { finding: importFinding(error, type, found.url) };
  }
  const sink = sinkOf(
    loaded,
    module.kind === "path"
      ? { shown: type, type: basename(module.path).replace(/\.[cm]?[jt]s$/, "") }
      : { shown: module.specifier, type, packageName: module.packageName },
  );
  return "finding" in sink ? sink : { ...sink, ...found, module };
}

type Found = { readonly url: string; readonly directory?: string } | { readonly finding: Finding };

async function findFile(module: SinkModule & { readonly kind: "path" }, type: string): Promise<Found> {
  const file = await stat(module.path).catch(() => undefined);
  if (file?.isFile() === true) return { url: module.url };
  if (file !== undefined) {
    return notFound(`${type} is a directory`, "name the file in it that exports the sink");
  }
  const others = await readdir(dirname(module.path)).catch((): string[] => []);
  const name = basename(module.path);
  const near =
    others.find((other) => other.replace(/\.[cm]?[jt]s$/, "") === name.replace(/\.[cm]?[jt]s$/, "")) ??
    nearest(name, others);
  return notFound(
    `there is no file ${module.path}`,
    near === undefined
      ? "a path is taken from the directory of the configuration file"
      : `did you mean ${type.slice(0, type.length - name.length)}${near}?`,
  );
}

function findPackage(
  module: SinkModule & { readonly kind: "package" },
  type: string,
  places: SinkPlaces,
  importer: Importer,
): Found {
  const directories = [undefined, places.from, ...(places.cwd === undefined ? [] : [places.cwd])];
  for (const directory of new Set(directories)) {
    try {
      const url = importer.resolve(module.specifier, directory);
      return directory === undefined ? { url } : { url, directory };
    } catch (error) {
      if (!isNotFound(error)) return { finding: importFinding(error, module.specifier, undefined) };
    }
  }
  const isBare = module.specifier === `@forewarn/sink-${type}`;
  const near = isBare ? nearest(type, firstPartySinks()) : undefined;
  return notFound(
    `${isBare ? `there is no sink ${type}: ` : ""}the package ${module.packageName} is not installed`,
    near === undefined
      ? `npm install ${module.packageName}`
      : `did you mean ${near}? else npm install ${module.packageName}`,
  );
}

function notFound(message: string, suggestion: string): { readonly finding: Finding } {
  return { finding: { code: "CONFIG_SINK_NOT_FOUND", message, suggestion } };
}
