import { setTimeout } from "node:timers/promises";

import { isFileError } from "./checked/file-error.ts";
import { isUsageError, parseArguments, usageError } from "./cli/arguments.ts";
import type { SimulatorArguments } from "./cli/arguments.ts";
import { changeLine, greeting, helpText, listText } from "./cli/narrate.ts";
import { readRecording } from "./recording/read-recording.ts";
import { replayOf } from "./recording/replay-of.ts";
import { readScenario } from "./scenarios/read-scenario.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { Simulator } from "./simulator-api.ts";
import { startControlServer } from "./start-control-server.ts";
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
 * once the signal aborts: 0, or earlier 64 on wrong usage, 69 when the address cannot be used, and 78 when a file cannot.
 */
export async function runSimulator(argv: readonly string[], io: SimulatorIo): Promise<number> {
  const program = io.program ?? "imds-simulator";
  try {
    const args = parseArguments(argv);
    if (args.help) return print(io, helpText(program));
    if (args.list) return print(io, listText(args.json));
    return await serve(args, io);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr.write(isFileError(error) ? `${message}\n` : `${program}: ${message}\n`);
    if (isFileError(error)) return 78;
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

  const replay = args.replay === undefined ? undefined : replayOf(await readRecording(args.replay));
  const scenario = args.scenario === undefined ? replay?.scenario : await story(args.scenario);
  const vms = args.names.length > 0 ? args.names.map((name) => ({ name })) : scenario?.vms;
  const { host, port, timeScale, bySource, enabling, rateLimit } = args;
  await using simulator = await startSimulator({
    host,
    port,
    timeScale,
    bySource,
    enabling,
    ...(vms !== undefined && { vms }),
    ...(replay !== undefined && { vm: replay.vm, apiVersions: replay.apiVersions }),
    ...(rateLimit !== undefined && { rateLimit }),
    onChange: (change) => say(changeLine(change), change),
  });
  await using control =
    args.controlPort === undefined
      ? undefined
      : await startControlServer(simulator, { port: args.controlPort });
  say(greeting(simulator.vms, control?.url), {
    action: "listening",
    url: simulator.url,
    vm: simulator.vm.name,
    vms: simulator.vms.map(({ url, vm, sourceAddress }) => ({ url, vm: vm.name, sourceAddress })),
    control: control?.url,
    at: Date.now(),
  });

  try {
    if (scenario !== undefined) await playAll(simulator, scenario, args, say, signal);
    await aborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return 0;
}

/** The scenario of a word on the command line; a name that is not known is a mistake of its user. */
async function story(word: string): Promise<Scenario> {
  try {
    return await readScenario(word);
  } catch (error) {
    throw error instanceof RangeError ? usageError(error.message) : error;
  }
}

/** Resolves when the last scenario ended; rejects when the signal aborts. */
async function playAll(
  simulator: Simulator,
  story: Scenario,
  args: SimulatorArguments,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const { timeScale } = args;
  const scenario = args.scenario ?? args.replay;
  say(`Scenario ${scenario}, time scale ${timeScale}:\n`, { action: "playing", scenario, timeScale });
  await simulator.play(story, { signal });
  while (args.loop) {
    await setTimeout(PAUSE_MS, undefined, { signal });
    await simulator.play(story, { signal });
  }
  say(`Scenario ${scenario} ended; still serving, Ctrl+C stops.\n`, { action: "ended", scenario });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
