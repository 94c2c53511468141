/** Why the state directory cannot be used. */
export type StateErrorCode = "STATE_NOT_WRITABLE" | "STATE_LOCKED" | "STATE_TOO_NEW";

/** The state directory cannot be used; the message says where, why, and what to do. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly code: StateErrorCode;

  constructor(code: StateErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
