/** Aborts when the process is asked to end. */
export interface Ending {
  readonly signal: AbortSignal;
  dispose(): void;
}

const asking: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

/**
 * Listens for SIGINT, SIGTERM, SIGHUP and SIGBREAK; the second one ends the process at once, as 128 + its number. With
 * `reader`, that nobody reads stdout any longer (`| head`) asks for the end, too: for what runs only to be looked at.
 */
export function untilSignal({ reader }: { readonly reader: boolean }): Ending {
  const ending = new AbortController();
  const end = () => ending.abort();
  const heard = (_: NodeJS.Signals, number: number) => {
    if (ending.signal.aborted) process.exit(128 + number);
    end();
  };
  const known = asking.filter((name) => process.platform === "win32" || name !== "SIGBREAK");
  for (const name of known) process.on(name, heard);
  if (reader) process.stdout.on("error", end);
  return {
    signal: ending.signal,
    dispose() {
      for (const name of known) process.off(name, heard);
      process.stdout.off("error", end);
    },
  };
}
