import type { Logger } from "@forewarn/sdk";
import { exitCode } from "./exit-code.ts";

/**
 * Says so where something calls `process.exit` while the agent is at work, which would end it without a word, and makes
 * 70 of the exit code: what a sink has chosen means something else in the table of exit codes. For the rest of the
 * process; `isMeant` tells whether the end is the agent's own.
 */
export function tellUnmeantExit(log: Pick<Logger, "error">, isMeant: () => boolean): void {
  process.on("exit", (code) => {
    if (isMeant()) return;
    log.error(
      `ended by process.exit(${code}), which something in this process called, most likely a sink; what is on disk the next run delivers`,
    );
    process.exitCode = exitCode.software;
  });
}
