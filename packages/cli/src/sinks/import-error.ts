import { fileURLToPath } from "node:url";
import type { Finding } from "../config/problems/problem.ts";

/**
 * Why the module at `url` could not be loaded, as a sentence that names the file and what to do; without a URL, why
 * it could not be found in its package.
 */
export function importFinding(error: unknown, shown: string, url: string | undefined): Finding {
  const code = (error as { readonly code?: unknown } | null)?.code;
  switch (code) {
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return {
        code: "CONFIG_SINK_TYPESCRIPT",
        message: `${shown} uses TypeScript that Node cannot run: ${firstLine(messageOf(error))}${placeIn(error)}`,
        suggestion:
          "Node only removes types: write no enum, namespace or parameter property, or compile it to JavaScript",
      };
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return {
        code: "CONFIG_SINK_TYPESCRIPT",
        message: `${shown} is TypeScript below node_modules, which Node refuses to run`,
        suggestion: "a package must ship JavaScript; a .ts file of your own must lie outside node_modules",
      };
    case "ERR_MODULE_NOT_FOUND":
    case "MODULE_NOT_FOUND":
      return isEntry(error, url)
        ? failed(`${shown} is installed without its file ${fileURLToPath(url)}`, "install or build it again")
        : missingImport(error, shown);
    case "ERR_PACKAGE_PATH_NOT_EXPORTED":
      return failed(
        `${shown} exports nothing under that name`,
        "its package.json must export the sink's module",
      );
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return failed(
        `${shown} is no JavaScript or TypeScript`,
        "a sink is a .js, .mjs, .cjs, .ts or .mts file",
      );
    default:
      return failed(
        `${shown} cannot be loaded: ${nameOf(error)}${firstLine(messageOf(error))}${placeIn(error)}`,
        // Node tells no place of a syntax error to who catches it.
        error instanceof SyntaxError && url !== undefined
          ? `node --check ${fileURLToPath(url)} shows the place`
          : "the module must load without an error; correct it, or ask its author",
      );
  }
}

/** Whether it is the module itself that does not exist, not one that it imports. */
function isEntry(error: unknown, url: string | undefined): url is string {
  return url !== undefined && (error as { readonly url?: unknown } | null)?.url === url;
}

function failed(message: string, suggestion: string): Finding {
  return { code: "CONFIG_SINK_IMPORT_FAILED", message, suggestion };
}

function missingImport(error: unknown, shown: string): Finding {
  const message = firstLine(messageOf(error));
  const [, kind, wanted = "something"] = /Cannot find (package|module) '([^']+)'/.exec(message) ?? [];
  const by = / imported from (.+)$/.exec(message)?.[1];
  const where = by === undefined || by.endsWith(shown.replace(/^\.+/, "")) ? "" : ` (in ${by})`;
  return failed(
    `${shown} imports ${wanted}, which does not exist${where}`,
    kind === "package" || !/^[./\\]|^[A-Za-z]:/.test(wanted)
      ? `npm install ${packageOf(wanted)}`
      : "correct the path, with its extension, or build the package",
  );
}

/** What npm would install for an import: without a path in the package. */
function packageOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

/** ` (file:line)` of the first line of a stack that names one. */
function placeIn(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, place] = /(?:^|\s|\()((?:file:\/\/|\/|[A-Za-z]:\\)[^\s()]+?:\d+)(?::\d+)?\)?$/m.exec(stack) ?? [];
  return place === undefined ? "" : ` (${place.replace(/^file:\/\//, "")})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
}

function firstLine(text: string): string {
  return text.trim().split(/\r?\n/)[0]?.slice(0, 300) ?? "";
}
