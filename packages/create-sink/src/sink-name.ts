import { CreateError } from "./create-error.ts";

/** What a sink package is called. */
export interface SinkName {
  /** What npm installs, and what a configuration writes as `type`: `@acme/pager`, `forewarn-sink-pager`. */
  readonly packageName: string;
  /** The sink's own type, and the name of its source: `pager`. */
  readonly type: string;
}

/** The most characters that npm takes. */
const longest = 214;

const scoped = /^@([a-z0-9-][a-z0-9._-]*)\/([^/]+)$/;
const prefix = /^(?:forewarn-sink-|sink-)/;
const plain = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Reads a package's name. Its last part, without a leading `forewarn-sink-` or `sink-`, is the sink's type. Throws
 * `CreateError` where npm would not take it, or where `forewarn` would look for another package under that name.
 */
export function readSinkName(packageName: string): SinkName {
  const [, scope, last] = scoped.exec(packageName) ?? [undefined, undefined, packageName];
  const type = last?.replace(prefix, "") ?? "";
  if (!plain.test(last ?? "") || !plain.test(type)) throw unusable(packageName);
  if (packageName.length > longest) {
    throw new CreateError("name", `the name has ${packageName.length} characters: npm takes ${longest}`);
  }
  if (scope === undefined && !packageName.startsWith("forewarn-sink-")) {
    const taken = `forewarn takes "type: ${packageName}" for @forewarn/sink-${packageName}`;
    throw new CreateError("name", `${taken}: write --name forewarn-sink-${type} or --name @you/${type}`);
  }
  return { packageName, type };
}

/** The package's name that a directory's name stands for: `pager` and `forewarn-sink-pager` are `forewarn-sink-pager`. */
export function packageNameOf(directoryName: string): string {
  return `forewarn-sink-${directoryName.replace(prefix, "")}`;
}

function unusable(packageName: string): CreateError {
  const scope = /^@[a-z0-9-][a-z0-9._-]*\//.exec(packageName)?.[0];
  const last = packageName.replace(/^.*\//, "").replace(prefix, "");
  const type = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const example = plain.test(type)
    ? `${scope ?? "forewarn-sink-"}${type}`
    : "forewarn-sink-pager or @acme/pager";
  return new CreateError(
    "name",
    `${JSON.stringify(packageName)} is no name of a sink package: write a-z, 0-9 and single hyphens, a letter first, such as ${example}`,
  );
}
