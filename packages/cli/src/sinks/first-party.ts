import { createRequire } from "node:module";

const prefix = "@forewarn/sink-";

/** The names of the sinks that come with Forewarn: those this package depends on, so that no list can grow stale. */
export function firstPartySinks(): readonly string[] {
  // By its own name, because this file stands at another depth once it is bundled.
  const manifest = createRequire(import.meta.url)("forewarn/package.json") as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.dependencies ?? {})
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
}
