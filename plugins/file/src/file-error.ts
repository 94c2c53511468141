import { MisconfiguredError, RetryError } from "@forewarn/sdk";

const full: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

const cures: ReadonlyMap<string, string> = new Map([
  ["EACCES", "let the agent's user write there"],
  ["EPERM", "let the agent's user write there, and remove the attributes that forbid it"],
  ["EROFS", "the file system is read-only: mount it writable, or choose another path"],
  ["ENOTDIR", "a part of the path is not a directory: choose another path"],
  ["EISDIR", "the path is a directory: choose a file in it"],
  ["ENOENT", "the path is a symbolic link that leads nowhere, or its directory cannot be created"],
  ["ELOOP", "the path is a symbolic link that leads to itself"],
  ["ENAMETOOLONG", "choose a shorter path"],
]);

/** What a failed file operation asks of the agent: a person must act (with the path and the cure), else try again. */
export function fileError(path: string, error: unknown): unknown {
  const { code, path: place = path, message } = error as Partial<NodeJS.ErrnoException>;
  // What is no system error keeps its meaning: a delivery error, or the reason of an abort, whose code is a number.
  if (typeof code !== "string" || code.startsWith("FOREWARN_")) return error;
  const details = { status: code, cause: error };
  const cure = cures.get(code);
  if (cure !== undefined) return new MisconfiguredError(`cannot write ${place} (${code}): ${cure}`, details);
  if (full.has(code)) return new RetryError(`no space left for ${path} (${code}): free some`, details);
  return new RetryError(`cannot write ${path}: ${message}`, details);
}
