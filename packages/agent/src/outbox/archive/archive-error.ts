import { statSync } from "node:fs";
import { dirname } from "node:path";
import { failureOf } from "../state/failure.ts";
import { notWritable, resultCode, StateError } from "../state/state-error.ts";

// SQLite's primary result codes.
const [logicError, permission, busy, locked, readOnly, cannotOpen] = [1, 3, 5, 6, 8, 14];

/** Says in a sentence why an outbox of another process cannot be used; errors that are none of the state's pass as they are. */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof StateError) return error;
  const code = resultCode(error);
  const said = (error as Error).message;
  // Our statements are right, so what they name is missing or misspelt in the file.
  if (code === logicError || failureOf(error, path) === "damage") {
    return new StateError(
      "STATE_DAMAGED",
      `${path} is damaged (${said}): start the agent, which puts the file aside and goes on with all that is whole of it; then try again`,
      error,
    );
  }
  switch (code) {
    case busy:
    case locked:
      return new StateError(
        "STATE_BUSY",
        `${path} is kept locked by another process (${said}): try again in a while`,
        error,
      );
    case readOnly:
      return notWritable(dirname(path), error);
    case permission:
    case cannotOpen:
      return notReadable(path, error);
    default:
      return (error as NodeJS.ErrnoException).code === "EACCES" ? notReadable(path, error) : error;
  }
}

/** The error for a directory in which no agent has stored anything yet. */
export function missing(directory: string, cause?: unknown): StateError {
  return new StateError(
    "STATE_MISSING",
    `there is no outbox in ${directory}: no agent has run with this state directory yet, or it is another one`,
    cause,
  );
}

function notReadable(path: string, cause: unknown): StateError {
  const directory = dirname(path);
  const owner = ownerOf(directory);
  const isForeign = owner !== undefined && process.getuid !== undefined && owner !== process.getuid();
  const who = isForeign ? `, which belongs to another user (uid ${owner})` : "";
  const cure = isForeign
    ? `do this as that user (sudo -u "#${owner}" …) or as root`
    : "make it readable and writable for this user: SQLite needs both to read beside a running agent";
  return new StateError(
    "STATE_NOT_READABLE",
    `cannot read the state directory ${directory}${who} (${(cause as Error).message}): ${cure}`,
    cause,
  );
}

/** Undefined where that cannot be seen, since a directory above it is closed to this user. */
function ownerOf(directory: string): number | undefined {
  try {
    return statSync(directory).uid;
  } catch {
    return undefined;
  }
}
