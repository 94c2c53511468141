import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const scheme = "forewarn-from:";
const contract = /^@forewarn\/sdk($|\/)/;

let installed = false;

/**
 * Lets `@forewarn/sdk` be imported from any file: where it does not resolve from there, it is the copy that this
 * program uses. Also what {@link resolveFrom} needs. Once for the process; calling it again does nothing.
 */
export function installResolveHook(): void {
  if (installed) return;
  installed = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier.startsWith(scheme)) {
        const [parentURL = "", wanted = ""] = specifier
          .slice(scheme.length)
          .split(" ")
          .map(decodeURIComponent);
        return nextResolve(wanted, { ...context, parentURL });
      }
      if (!contract.test(specifier)) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!isNotFound(error) || context.parentURL === import.meta.url) throw error;
        // Not `nextResolve` with another parent: `require` does not heed it.
        return { url: import.meta.resolve(specifier), shortCircuit: true };
      }
    },
  });
}

/**
 * The URL of what `import(specifier)` would load in a file of `directory`; in a file of this program where no
 * directory is given. Throws what Node throws (`ERR_MODULE_NOT_FOUND`, `ERR_PACKAGE_PATH_NOT_EXPORTED`, …).
 */
export function resolveFrom(specifier: string, directory?: string): string {
  if (directory === undefined) return import.meta.resolve(specifier);
  installResolveHook();
  // Node resolves as `import` does only from the importing file, so the hook is told from which one.
  const parent = pathToFileURL(`${directory}/forewarn.js`).href;
  return import.meta.resolve(`${scheme}${encodeURIComponent(parent)} ${encodeURIComponent(specifier)}`);
}

/** Whether Node reports that a module or package does not exist, by `import` or by `require`. */
export function isNotFound(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
