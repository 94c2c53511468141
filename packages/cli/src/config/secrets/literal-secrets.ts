import type { Draft } from "../document/draft.ts";
import { isWord, parentOf, type Pointer, readable, segmentsOf, valueAt } from "../pointer.ts";
import type { PlacedWarning } from "../problems/warning.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import { isUrlWithCredentials } from "./credentials.ts";
import { telltalesIn } from "./telltale.ts";

/** Names of headers and variables whose values are secrets. */
const telling = /auth|token|key|secret|passw|cookie|credential|signature/i;
/** A run of characters as keys have it: long, with letters and digits. */
const keyLike = /(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+=-]{20,}/;
const loopback = /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/?#]|$)/i;

/**
 * Secrets that stand in the file itself, and not behind a reference: first what is one wherever it stands. An option that its sink declares as a secret is one,
 * unless its value is a URL; a URL, and the value of a map of which only some are secrets (headers, variables of an
 * environment), is one where it looks or is named like one.
 */
export function literalSecrets(draft: Draft, knowledge: Knowledge): readonly PlacedWarning[] {
  return [...draft.document.places].flatMap(([path, { scalar }]) => {
    const value = scalar === true ? valueAt(draft.document.value, path) : undefined;
    if (typeof value !== "string" || value === "" || value.includes("${")) return [];
    return isSecret(path, value, knowledge) ? [warningAt(path)] : [];
  });
}

/** Whether a text is a URL or another one that seems to hold a key or password. */
export function looksLikeKey(text: string): boolean {
  return (
    isUrlWithCredentials(text) ||
    isTelltale(text) ||
    (!loopback.test(text) && keyLike.test(text.replace(/^https?:\/\/[^/]*/i, "")))
  );
}

function isSecret(path: Pointer, value: string, knowledge: Knowledge): boolean {
  if (isUrlWithCredentials(value) || isTelltale(value)) return true;
  const schemas = knowledge.schemasAt(path);
  // What no schema describes is a sink's own affair: nothing says that it is a secret.
  if (schemas.length === 0 || !knowledge.isSecret(path)) return false;
  const isUrl = /^https?:\/\//i.test(value);
  const isDeclared = schemas.length === 1 && knowledge.keysAt(parentOf(path)).includes(nameOf(path));
  if (isDeclared && !isUrl) return true;
  return looksLikeKey(value) || (!isUrl && telling.test(nameOf(path)));
}

function isTelltale(text: string): boolean {
  return !loopback.test(text) && telltalesIn(text).length > 0;
}

function nameOf(path: Pointer): string {
  return segmentsOf(path).at(-1) ?? "";
}

/** Whether a key may be part of a name that is suggested: it may itself be a secret in a wrong place. */
function isNameable(key: string): boolean {
  return isWord(key) && telltalesIn(key).length === 0;
}

function warningAt(path: Pointer): PlacedWarning {
  const variable = segmentsOf(path)
    .filter((segment) => !["sinks", "options"].includes(segment) && isNameable(segment))
    .join("_")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  return {
    code: "CONFIG_LITERAL_SECRET",
    path,
    at: "value",
    message: `${readable(path)} is a secret, and is written in this file`,
    suggestion: `put it into an environment variable or a file, and write \${env:${variable}} or \${file:/run/secrets/…}`,
  };
}
