import type { Finding } from "./finding.ts";

/** A file that cannot be used; its message shows every finding with its line, a caret and what to do. */
export interface FileError extends Error {
  readonly code: "file";
  readonly findings: readonly Finding[];
}

/** Whether the error is a FileError. */
export function isFileError(error: unknown): error is FileError {
  return error instanceof Error && "code" in error && error.code === "file";
}
