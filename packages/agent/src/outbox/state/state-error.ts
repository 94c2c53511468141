/** Why the state directory cannot be used. */
export type StateErrorCode =
  | "STATE_NOT_WRITABLE"
  | "STATE_LOCKED"
  | "STATE_TOO_NEW"
  | "STATE_MISSING"
  | "STATE_NOT_READABLE"
  | "STATE_BUSY"
  | "STATE_DAMAGED";

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

/** A file of ours whose content cannot be right. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

/** Why SQLite threw, its primary result code (`SQLITE_BUSY` = 5); undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}
