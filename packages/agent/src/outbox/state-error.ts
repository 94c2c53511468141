/** Why the state directory cannot be used. */
export type StateErrorCode = "STATE_NOT_WRITABLE" | "STATE_LOCKED" | "STATE_TOO_NEW" | "STATE_DAMAGED";

/** The state directory cannot be used; the message says where, why, and what to do. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly code: StateErrorCode;

  constructor(code: StateErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The error for a state directory that this user cannot write; `cause` says what was refused. */
export function notWritable(directory: string, cause: unknown): StateError {
  return new StateError(
    "STATE_NOT_WRITABLE",
    `cannot write the state directory ${directory} (${(cause as Error).message}): make it writable for this user, or set state.path to a directory that is`,
    cause,
  );
}

/** The error for a file that SQLite cannot read; `cause` says why. */
export function damaged(path: string, cause: unknown): StateError {
  return new StateError(
    "STATE_DAMAGED",
    `${path} is damaged (${(cause as Error).message}): move it away, and a new one is made; events in it that a sink has not got yet stay in it`,
    cause,
  );
}

/** Why SQLite threw, its primary result code (`SQLITE_BUSY` = 5); undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}
