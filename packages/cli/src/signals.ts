/** Aborts at the first signal that asks the process to end. */
export interface Ending {
  readonly signal: AbortSignal;
  dispose(): void;
}

const asking: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

/** Listens for SIGINT, SIGTERM, SIGHUP and SIGBREAK; the second one ends the process at once, as 128 + its number. */
export function untilSignal(): Ending {
  const ending = new AbortController();
  const heard = (_: NodeJS.Signals, number: number) => {
    if (ending.signal.aborted) process.exit(128 + number);
    ending.abort();
  };
  const known = asking.filter((name) => process.platform === "win32" || name !== "SIGBREAK");
  for (const name of known) process.on(name, heard);
  return {
    signal: ending.signal,
    dispose() {
      for (const name of known) process.off(name, heard);
    },
  };
}
