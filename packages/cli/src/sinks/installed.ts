import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { firstPartySinks } from "./first-party.ts";

const own = "@forewarn/sink-";

/**
 * What may stand after `type:` for each sink package that is installed where this program or a file of `directory` would
 * find it: those that come with Forewarn first, then others by name. A package is known by its name: `@forewarn/sink-NAME`,
 * `forewarn-sink-NAME`, `@SCOPE/forewarn-sink-NAME` or `@SCOPE/sink-NAME`.
 */
export function installedSinks(directory: string): readonly string[] {
  const first = firstPartySinks();
  const places = new Set(
    [import.meta.url, pathToFileURL(join(directory, "forewarn.yaml")).href].flatMap(placesOf),
  );
  const others = [...places]
    .flatMap(packagesIn)
    .map((name) => (name.startsWith(own) ? name.slice(own.length) : name));
  return [...first, ...[...new Set(others)].filter((type) => !first.includes(type)).sort()];
}

/** The directories in which Node looks for a package that a file imports. */
function placesOf(url: string): readonly string[] {
  return createRequire(url).resolve.paths("forewarn-sink") ?? [];
}

function packagesIn(place: string): readonly string[] {
  return foldersOf(place).flatMap((name) => {
    if (name.startsWith("@"))
      return foldersOf(join(place, name))
        .filter((inner) => /^(forewarn-)?sink-./.test(inner))
        .map((inner) => `${name}/${inner}`);
    return name.startsWith("forewarn-sink-") ? [name] : [];
  });
}

function foldersOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    // Most of the places do not exist.
    return [];
  }
}
