import type { AskError } from "../admin/ask.ts";
import type { Io } from "../io.ts";

/** Says on standard error why a command could not ask the agent that was meant, and what to do about it. */
export function tellAskError(command: string, { message, cure }: AskError, io: Io): void {
  io.stderr.write(`forewarn ${command}: ${message}\n`);
  if (cure !== undefined) io.stderr.write(`  help: ${cure}\n`);
}
