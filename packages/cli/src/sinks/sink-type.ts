import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nearest } from "@forewarn/sdk";
import type { Finding } from "../config/problems/problem.ts";
import { firstPartySinks } from "./first-party.ts";

/** What the `type` of a sink names. */
export type SinkModule =
  | { readonly kind: "path"; readonly path: string; readonly url: string }
  | {
      readonly kind: "package";
      /** What is imported: the package's name, and a path in it if one was given. */
      readonly specifier: string;
      /** What npm installs. */
      readonly packageName: string;
    };

const bareName = /^[a-z0-9][a-z0-9-]*$/;
const packagePattern = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(\/[^\s]+)?$/;

/**
 * Reads the `type` of a sink. A path (`./x.ts`, `../x.js`, `/x.js`, `C:\x.js`, `file:///x.js`) is taken from
 * `directory`. A name of a-z, 0-9 and - is `@forewarn/sink-<name>`. What contains a `/` or begins with
 * `forewarn-sink-` is a package as written: `@acme/pager`, `acme/sinks/pager`, `forewarn-sink-pager`.
 */
export function readSinkType(type: string, directory: string): SinkModule | { readonly finding: Finding } {
  const path = pathOf(type, directory);
  if (path !== undefined) return { kind: "path", path, url: pathToFileURL(path).href };
  if (bareName.test(type) && !type.startsWith("forewarn-sink-")) {
    const packageName = `@forewarn/sink-${type}`;
    return { kind: "package", specifier: packageName, packageName };
  }
  const packageName = packagePattern.exec(type)?.[1];
  const isPackage = type.includes("/") || type.startsWith("forewarn-sink-");
  if (packageName !== undefined && isPackage) return { kind: "package", specifier: type, packageName };
  return {
    finding: {
      code: "CONFIG_BAD_SINK_TYPE",
      message: `${JSON.stringify(type)} is neither the name of a sink, nor a package, nor a path`,
      suggestion: meant(type),
    },
  };
}

function pathOf(type: string, directory: string): string | undefined {
  if (type.startsWith("file://")) return fileUrlPath(type);
  const isPath = /^\.{1,2}[\\/]/.test(type) || /^[A-Za-z]:[\\/]/.test(type) || isAbsolute(type);
  return isPath ? resolve(directory, type) : undefined;
}

function fileUrlPath(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function meant(type: string): string {
  if (type === "") return `write a name such as ${firstPartySinks().join(" or ")}, a package or a path`;
  if (/\.[cm]?[jt]s$/.test(type)) return `a path begins with ./ : write ./${type}`;
  const near = nearest(type, firstPartySinks());
  return near === undefined
    ? "write a name (a-z, 0-9, -), a package (@acme/pager) or a path (./my-sink.ts)"
    : `did you mean ${near}?`;
}
