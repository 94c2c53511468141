import { closeSync, constants, openSync, statSync } from "node:fs";

/** Makes an empty file of mode 0600 where none is, before SQLite opens it: its WAL and SHM inherit the mode. */
export function createPrivateFile(path: string): void {
  // A file that exists is never opened here: closing the descriptor would drop SQLite's locks on it.
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  closeSync(openSync(path, constants.O_CREAT | constants.O_WRONLY, 0o600));
}
