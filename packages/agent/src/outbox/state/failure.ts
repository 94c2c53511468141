import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { DamageError, resultCode } from "./state-error.ts";

/** What a failed operation says of the place where the outbox lives. */
export type Failure =
  /** The disk is full, read-only or broken: what cannot be stored may be kept in memory until it is well. */
  | "disk"
  /** The file's content is damaged: what is whole of it goes into a new one. */
  | "damage"
  /** A person must change something, or it is a fault of ours. */
  | "other";

const diskCodes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

// SQLite's primary result codes.
const [readOnly, ioError, corrupt, full, cannotOpen, notADatabase] = [8, 10, 11, 13, 14, 26];

/** Tells what an error of the outbox at `path` means. */
export function failureOf(error: unknown, path: string): Failure {
  if (diskCodes.has((error as { readonly code?: unknown }).code)) return "disk";
  // A number that no place, time or count of ours ever reaches.
  const isAbsurd = (error as { readonly code?: unknown }).code === "ERR_OUT_OF_RANGE";
  if (error instanceof DamageError || isAbsurd) return "damage";
  switch (resultCode(error)) {
    case ioError:
    case full:
      return "disk";
    case corrupt:
    case notADatabase:
      return "damage";
    // A file system that became read-only, and a directory that this user may not write, look the same to SQLite.
    case readOnly:
    case cannotOpen:
      return isReadOnly(path) ? "disk" : "other";
    default:
      return "other";
  }
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    return diskCodes.has((error as NodeJS.ErrnoException).code);
  }
}
