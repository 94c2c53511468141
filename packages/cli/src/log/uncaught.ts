import type { Redact } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import { createReminder } from "./reminder.ts";

/**
 * Logs errors that nobody caught, instead of ending the process with a stack that nobody has taken secrets out of: one
 * sink's forgotten await must not end it for all. For the rest of the process, since such an error may come late.
 */
export function logUncaught(log: Pick<Logger, "error">): void {
  const reminder = createReminder();
  process.on("uncaughtException", (error) => {
    const text = error.stack ?? String(error);
    const what =
      "an error that nobody caught, most likely of a sink that does not await something; the work goes on";
    if (reminder.due(text).tell) log.error(what, { error: text });
  });
}

/** The same error, without secrets in its message and stack. */
export function withoutSecrets(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error)) return error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  return error;
}
