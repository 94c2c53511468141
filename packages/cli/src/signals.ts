/** Aborts when the process is asked to end. */
export interface Ending {
  readonly signal: AbortSignal;
  /** Whether the process may end now: it was disposed of, or a second signal came. */
  isOver(): boolean;
  dispose(): void;
}

const asking: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"];

/**
 * Listens for SIGINT, SIGTERM, SIGHUP and SIGBREAK; the second one ends the process at once, as 128 + its number. With
 * `reader`, that nobody reads stdout any longer (`| head`) asks for the end, too: for what runs only to be looked at.
 * With `hangup`, SIGHUP calls it instead, as services expect; but on Windows, and where the process belongs to a
 * terminal, it says that the console or terminal is gone.
 */
export function untilSignal({
  reader,
  hangup,
  platform = process.platform,
}: {
  readonly reader: boolean;
  readonly hangup?: () => void;
  readonly platform?: NodeJS.Platform;
}): Ending {
  const ending = new AbortController();
  let over = false;
  const end = () => ending.abort();
  const heard = (_: NodeJS.Signals, number: number) => {
    if (ending.signal.aborted) {
      over = true;
      process.exit(128 + number);
    }
    end();
  };
  const isWindows = platform === "win32";
  const reloads = hangup !== undefined && !isWindows && !process.stdin.isTTY;
  const known = asking.filter((name) => (name === "SIGHUP" ? !reloads : isWindows || name !== "SIGBREAK"));
  if (reloads) process.on("SIGHUP", hangup);
  for (const name of known) process.on(name, heard);
  if (reader) process.stdout.on("error", end);
  return {
    signal: ending.signal,
    isOver: () => over,
    dispose() {
      over = true;
      for (const name of known) process.off(name, heard);
      if (reloads) process.off("SIGHUP", hangup);
      process.stdout.off("error", end);
    },
  };
}
