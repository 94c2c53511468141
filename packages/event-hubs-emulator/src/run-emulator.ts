import { readFile } from "node:fs/promises";

import { eventJson } from "./broker/event-json.ts";
import { isUsageError, parseArguments } from "./cli/arguments.ts";
import type { EmulatorArguments } from "./cli/arguments.ts";
import { greeting, helpText } from "./cli/narrate.ts";
import { startControlServer } from "./control/control-server.ts";
import { startEventHubsEmulator } from "./start-event-hubs-emulator.ts";

/** Where a command writes, and what ends it. */
export interface EmulatorIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Ends the emulator with exit code 0 when it aborts. */
  readonly signal: AbortSignal;
}

const PROGRAM = "event-hubs-emulator";

/**
 * The command line of the emulator: `argv` holds the arguments after the program's name. Resolves with the exit code once
 * the signal aborts: 0, or earlier 64 on wrong usage and 69 when a port or file cannot be used.
 */
export async function runEmulator(argv: readonly string[], io: EmulatorIo): Promise<number> {
  try {
    const args = parseArguments(argv);
    if (args.help) io.stdout.write(helpText(PROGRAM));
    else await serve(args, io);
    return 0;
  } catch (error) {
    io.stderr.write(`${PROGRAM}: ${error instanceof Error ? error.message : String(error)}\n`);
    return isUsageError(error) || error instanceof RangeError ? 64 : 69;
  }
}

async function serve(args: EmulatorArguments, { stdout, stderr, signal }: EmulatorIo): Promise<void> {
  const { host, port, webSocketPort, hubs, keys, print } = args;
  const tls = args.tls && {
    key: await readFile(args.tls.key, "utf8"),
    cert: await readFile(args.tls.cert, "utf8"),
  };
  await using emulator = await startEventHubsEmulator({
    host,
    port,
    hubs,
    keys,
    ...(webSocketPort !== undefined && { webSocketPort }),
    ...(tls && { tls }),
    ...(print && { onEvent: (event) => void stdout.write(`${JSON.stringify(eventJson(event))}\n`) }),
  });
  await using control =
    args.controlPort === undefined
      ? undefined
      : await startControlServer(emulator, "127.0.0.1", args.controlPort);
  // With --print, stdout holds events and nothing else.
  (print ? stderr : stdout).write(greeting(emulator, control?.url));
  await aborted(signal);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
