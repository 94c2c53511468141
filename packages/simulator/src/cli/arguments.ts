import { parseArgs } from "node:util";

import { didYouMean } from "./did-you-mean.ts";

/** What the command line asks for. */
export interface SimulatorArguments {
  readonly host: string;
  readonly port: number;
  /** The name of a built-in scenario or a file. */
  readonly scenario: string | undefined;
  /** A recording. */
  readonly replay: string | undefined;
  readonly timeScale: number;
  readonly loop: boolean;
  /** Of each VM; empty = what the scenario says, or one. */
  readonly names: readonly string[];
  readonly bySource: boolean;
  readonly rateLimit: number | undefined;
  readonly enabling: boolean;
  readonly controlPort: number | undefined;
  readonly list: boolean;
  readonly help: boolean;
  readonly json: boolean;
}

const options = {
  listen: { type: "string", default: "127.0.0.1:8169" },
  scenario: { type: "string" },
  "time-scale": { type: "string", default: "1" },
  loop: { type: "boolean", default: false },
  replay: { type: "string" },
  name: { type: "string", multiple: true },
  "by-source": { type: "boolean", default: false },
  "rate-limit": { type: "string" },
  enabling: { type: "boolean", default: false },
  "control-port": { type: "string" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  json: { type: "boolean", default: false },
} as const;

/** A mistake on the command line; its message is one line for the user. */
export interface UsageError extends Error {
  readonly code: "usage";
}

/** Whether the error is a UsageError. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && "code" in error && error.code === "usage";
}

/** Reads the arguments after the program's name; throws a UsageError. */
export function parseArguments(argv: readonly string[]): SimulatorArguments {
  const values = parseStrictly(argv);
  const { loop, list, help, json, scenario, replay, enabling, name: names = [] } = values;
  if (loop && scenario === undefined && replay === undefined)
    throw usageError("--loop needs a scenario: add --scenario NAME.");
  if (scenario === "") throw usageError("--scenario needs a name of --list or a file.");
  if (names.includes("")) throw usageError("--name needs a VM name.");
  if (values["by-source"] && names.length === 1)
    throw usageError("--by-source tells several VMs apart: give each its --name.");
  if (replay !== undefined && (scenario !== undefined || names.length > 0 || enabling))
    throw usageError("--replay brings its own VM and events: leave out --scenario, --name and --enabling.");
  return {
    ...parseListen(values.listen),
    scenario,
    replay,
    timeScale: parseTimeScale(values["time-scale"]),
    loop,
    names,
    bySource: values["by-source"],
    rateLimit: parseWhole("--rate-limit", values["rate-limit"], 1, 1_000_000),
    enabling,
    controlPort: parseWhole("--control-port", values["control-port"], 0, 65_535),
    list,
    help,
    json,
  };
}

function parseStrictly(argv: readonly string[]) {
  const args = [...argv];
  // Node's own message for an unknown option has no suggestion, so these are looked for first.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option" && !Object.hasOwn(options, token.name)) {
      const names = Object.keys(options).map((name) => `--${name}`);
      throw usageError(
        `Unknown option ${token.rawName}.${didYouMean(token.rawName, names)} See --help for all options.`,
      );
    }
    if (token.kind === "positional")
      throw usageError(`Unexpected argument "${token.value}". A scenario is given with --scenario NAME.`);
  }
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw usageError(
      String((error as Error).message)
        .split("\n", 1)
        .join(""),
    );
  }
}

function parseTimeScale(value: string): number {
  const timeScale = Number(value);
  if (value.trim() !== "" && Number.isFinite(timeScale) && timeScale > 0) return timeScale;
  throw usageError(`--time-scale needs a positive number such as 60, not "${value}".`);
}

function parseWhole(option: string, value: string | undefined, from: number, to: number): number | undefined {
  if (value === undefined) return undefined;
  const whole = Number(value);
  if (/^\d+$/.test(value) && whole >= from && whole <= to) return whole;
  throw usageError(`${option} needs a whole number from ${from} to ${to}, not "${value}".`);
}

function parseListen(value: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/i.exec(value);
  const port = Number(match?.[3]);
  if (!(port <= 65_535))
    throw usageError(`--listen needs HOST:PORT such as 127.0.0.1:8169 or [::1]:8169, not "${value}".`);
  return { host: match?.[1] ?? match?.[2] ?? "127.0.0.1", port };
}

/** The error of a command line that cannot be understood. */
export function usageError(message: string): UsageError {
  return Object.assign(new Error(message), { code: "usage" as const });
}
