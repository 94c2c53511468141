import { parseArgs } from "node:util";

import { scenarios } from "../scenarios/scenarios.ts";
import type { ScenarioName } from "../scenarios/scenarios.ts";
import { didYouMean } from "./did-you-mean.ts";

/** What the command line asks for. */
export interface SimulatorArguments {
  readonly host: string;
  readonly port: number;
  readonly scenario: ScenarioName | undefined;
  readonly timeScale: number;
  readonly loop: boolean;
  readonly name: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
  readonly json: boolean;
}

const options = {
  listen: { type: "string", default: "127.0.0.1:8169" },
  scenario: { type: "string" },
  "time-scale": { type: "string", default: "1" },
  loop: { type: "boolean", default: false },
  name: { type: "string" },
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
  const { loop, list, help, json } = values;
  const scenario = values.scenario === undefined ? undefined : parseScenario(values.scenario);
  if (loop && scenario === undefined) throw usageError("--loop needs a scenario: add --scenario NAME.");
  if (values.name === "") throw usageError("--name needs a VM name.");
  const timeScale = parseTimeScale(values["time-scale"]);
  return { ...parseListen(values.listen), scenario, timeScale, loop, name: values.name, list, help, json };
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

function parseScenario(name: string): ScenarioName {
  if (Object.hasOwn(scenarios, name)) return name as ScenarioName;
  const names = Object.keys(scenarios);
  throw usageError(`Unknown scenario "${name}".${didYouMean(name, names)} Known: ${names.join(", ")}.`);
}

function parseTimeScale(value: string): number {
  const timeScale = Number(value);
  if (value.trim() !== "" && Number.isFinite(timeScale) && timeScale > 0) return timeScale;
  throw usageError(`--time-scale needs a positive number such as 60, not "${value}".`);
}

function parseListen(value: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/i.exec(value);
  const port = Number(match?.[3]);
  if (!(port <= 65_535))
    throw usageError(`--listen needs HOST:PORT such as 127.0.0.1:8169 or [::1]:8169, not "${value}".`);
  return { host: match?.[1] ?? match?.[2] ?? "127.0.0.1", port };
}

function usageError(message: string): UsageError {
  return Object.assign(new Error(message), { code: "usage" as const });
}
