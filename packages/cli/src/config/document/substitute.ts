import { dirname, resolve } from "node:path";
import { type Pointer, valueAt, withValuesAt } from "../pointer.ts";
import type { ConfigDocument } from "./document.ts";
import { type EnvReference, type FileReference, type Part, parseReferences } from "./reference.ts";

/** A string of the configuration that held a reference or an escape. */
export interface Substitution {
  /** As it was written, before substitution. */
  readonly parts: readonly Part[];
  /** What the references were replaced by; as written where one of them failed. */
  readonly text: string;
  /** The values that references stood for. */
  readonly values: readonly string[];
  readonly failures: readonly ReferenceFailure[];
}

/** A reference that could not be replaced. */
export interface ReferenceFailure {
  readonly part: Exclude<Part, { kind: "text" }>;
  /** Why a file could not be read, for a `file` reference. */
  readonly reason?: string;
}

/** What references are looked up in. */
export interface ReferenceSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file as UTF-8. */
  readFile(path: string): Promise<string>;
  /** The absolute path of the configuration file, from whose directory relative paths are taken. */
  readonly file: string;
}

/** Replaces the references of every string in a document's value; what failed stays as it was written. */
export async function substitute(
  document: ConfigDocument,
  sources: ReferenceSources,
): Promise<{ readonly value: unknown; readonly substitutions: ReadonlyMap<Pointer, Substitution> }> {
  const substitutions = new Map<Pointer, Substitution>();
  for (const [pointer, place] of document.places) {
    const text = place.scalar === true ? valueAt(document.value, pointer) : undefined;
    if (typeof text !== "string" || !text.includes("${")) continue;
    substitutions.set(pointer, await replace(text, sources));
  }
  const texts = new Map([...substitutions].map(([pointer, { text }]) => [pointer, text]));
  return { value: withValuesAt(document.value, texts), substitutions };
}

async function replace(text: string, sources: ReferenceSources): Promise<Substitution> {
  const parts = parseReferences(text);
  const values: string[] = [];
  const failures: ReferenceFailure[] = [];
  let replaced = "";
  for (const part of parts) {
    if (part.kind === "text") {
      replaced += part.text;
      continue;
    }
    const found = await lookUp(part, sources);
    if ("part" in found) failures.push(found);
    else {
      values.push(found.value);
      replaced += found.value;
    }
  }
  return { parts, text: failures.length === 0 ? replaced : text, values, failures };
}

async function lookUp(
  part: Exclude<Part, { kind: "text" }>,
  sources: ReferenceSources,
): Promise<ReferenceFailure | { readonly value: string }> {
  if (part.kind === "malformed") return { part };
  return part.kind === "env" ? variable(part, sources) : content(part, sources);
}

function variable(
  part: EnvReference,
  { env }: ReferenceSources,
): ReferenceFailure | { readonly value: string } {
  const value = Object.hasOwn(env, part.name) ? env[part.name] : undefined;
  // As in a shell: `:-` also stands in for an empty value.
  if (part.fallback !== undefined && (value === undefined || value === "")) return { value: part.fallback };
  return value === undefined ? { part } : { value };
}

async function content(
  part: FileReference,
  sources: ReferenceSources,
): Promise<ReferenceFailure | { readonly value: string }> {
  try {
    const text = await sources.readFile(resolve(dirname(sources.file), part.path));
    return { value: text.replace(/\r?\n$/, "") };
  } catch (error) {
    return { part, reason: reasonOf(error) };
  }
}

/** Why a file without an end is not read. */
export const tooLarge = "it is too large, more than 1 MB";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  EFBIG: tooLarge,
  ENOTDIR: "a part of its path is not a directory",
};

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code === "string") return reasons[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
