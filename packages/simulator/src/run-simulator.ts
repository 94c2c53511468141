import { setTimeout } from "node:timers/promises";

import { isUsageError, parseArguments } from "./cli/arguments.ts";
import type { SimulatorArguments } from "./cli/arguments.ts";
import { changeLine, greeting, helpText, listText } from "./cli/narrate.ts";
import type { Simulator } from "./simulator-api.ts";
import { startSimulator } from "./start-simulator.ts";

/** Where a command writes, and what ends it. */
export interface SimulatorIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Ends the simulator with exit code 0 when it aborts; without it only the process's end does. */
  readonly signal?: AbortSignal;
  /** The name in help and errors. Default imds-simulator. */
  readonly program?: string;
}

/** Says something in words or, with --json, as a fact. */
type Say = (text: string, fact: object) => void;

/** Between two rounds of --loop, so that a client that polls once per second sees the document without events. */
const PAUSE_MS = 2000;

/**
 * The command line of the simulator: `argv` holds the arguments after the program's name. Resolves with the exit code
 * once the signal aborts: 0, or earlier 64 on wrong usage and 69 when the address cannot be used.
 */
export async function runSimulator(argv: readonly string[], io: SimulatorIo): Promise<number> {
  const program = io.program ?? "imds-simulator";
  try {
    const args = parseArguments(argv);
    if (args.help) return print(io, helpText(program));
    if (args.list) return print(io, listText(args.json));
    return await serve(args, io);
  } catch (error) {
    io.stderr.write(`${program}: ${error instanceof Error ? error.message : String(error)}\n`);
    return isUsageError(error) ? 64 : 69;
  }
}

function print(io: SimulatorIo, text: string): number {
  io.stdout.write(text);
  return 0;
}

async function serve(args: SimulatorArguments, io: SimulatorIo): Promise<number> {
  const say: Say = (text, fact) => void io.stdout.write(args.json ? `${JSON.stringify(fact)}\n` : text);
  const signal = io.signal ?? new AbortController().signal;

  await using simulator = await startSimulator({
    host: args.host,
    port: args.port,
    timeScale: args.timeScale,
    ...(args.name !== undefined && { vm: { name: args.name } }),
    onChange: (change) => say(changeLine(change), change),
  });
  const { url, vm } = simulator;
  say(greeting(url, vm.name), { action: "listening", url, vm: vm.name, at: Date.now() });

  try {
    await playAll(simulator, args, say, signal);
    await aborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return 0;
}

/** Resolves when the last scenario ended; rejects when the signal aborts. */
async function playAll(
  simulator: Simulator,
  args: SimulatorArguments,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const { scenario, timeScale } = args;
  if (scenario === undefined) return;
  say(`Scenario ${scenario}, time scale ${timeScale}:\n`, { action: "playing", scenario, timeScale });
  await simulator.play(scenario, { signal });
  while (args.loop) {
    await setTimeout(PAUSE_MS, undefined, { signal });
    await simulator.play(scenario, { signal });
  }
  say(`Scenario ${scenario} ended; still serving, Ctrl+C stops.\n`, { action: "ended", scenario });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
