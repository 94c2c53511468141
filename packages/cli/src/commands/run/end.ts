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

/** The exit code of a run; `good` = IMDS answered, `mustArrive` = it is no success where a sink has not got all. */
export function codeOf(
  reports: readonly EndReport[],
  { good, mustArrive }: { readonly good: boolean; readonly mustArrive: boolean },
): number {
  if (reports.some(({ lost }) => lost > 0)) return exitCode.cannotCreate;
  const isDone = !mustArrive || reports.every(({ left }) => left === 0);
  return good && isDone ? exitCode.ok : exitCode.temporary;
}
