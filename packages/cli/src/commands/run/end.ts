import type { EndReport } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import { exitCode } from "../../exit-code.ts";

/** Tells in the log what each sink got in this run, and what became of the rest. */
export function tellSinks(reports: readonly EndReport[], log: Logger): void {
  for (const { sink, delivered, left, lost, dead } of reports) {
    const text = (rest: string) => `sink ${sink}: delivered ${delivered}, left ${rest}, dead ${dead}`;
    if (lost === 0) log.info(text(`${left} on disk`));
    else log.error(text(`${left - lost} on disk, lost ${lost}`));
  }
}

/** How a run went, beside what each sink got. */
export interface Course {
  /** Whether IMDS answered. */
  readonly good: boolean;
  /** Whether what IMDS said last was stored, be it in memory. */
  readonly stored: boolean;
  /** Whether it is no success where a sink has not got all. */
  readonly mustArrive: boolean;
}

/** The exit code of a run. */
export function codeOf(reports: readonly EndReport[], { good, stored, mustArrive }: Course): number {
  if (!stored || reports.some(({ lost }) => lost > 0)) return exitCode.cannotCreate;
  const isDone = !mustArrive || reports.every(({ left }) => left === 0);
  return good && isDone ? exitCode.ok : exitCode.temporary;
}
