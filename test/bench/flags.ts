import { parseArgs } from "node:util";
import type { BenchSettings } from "./figure.ts";

/** What was asked for on the command line. */
export interface Flags<Name extends string> {
  readonly only: readonly Name[];
  /** Where the figures go as JSON. */
  readonly json: string;
  /** Another build's `bin/forewarn.js`. */
  readonly cli?: string;
  /** Options of Node for Forewarn's process alone. */
  readonly nodeOptions: readonly string[];
  readonly settings: BenchSettings;
}

/** Shown by `--help`. */
export const usageOf = (names: readonly string[]) => `npm run bench -- [options]

  --quick            A quarter of the time: a look, not a measurement.
  --only LIST        Some benchmarks: ${names.join(",")}.
  --json FILE        Where the figures are written. Default bench.json.
  --idle-seconds N   How long idling is watched. Default 30.
  --cli FILE         Measure another build: the path of its bin/forewarn.js.
  --node-option OPT  Start Forewarn's process with this option of Node; may be repeated.
  --help             Show this.
`;

/** Reads the command line; null where help is wanted. Throws on what cannot be understood. */
export function readFlags<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Flags<Name> | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      json: { type: "string", default: "bench.json" },
      "idle-seconds": { type: "string" },
      cli: { type: "string" },
      "node-option": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return null;
  const { quick, json, cli } = values;
  return {
    only: values.only === undefined ? names : values.only.split(",").map((name) => known(name, names)),
    json,
    ...(cli === undefined ? {} : { cli }),
    nodeOptions: values["node-option"],
    settings: {
      idleSeconds: secondsOf(values["idle-seconds"] ?? (quick ? "5" : "30")),
      reactionSamples: quick ? 30 : 150,
      startRuns: quick ? 3 : 11,
      growth: quick ? [0, 10_000, 100_000] : [0, 10_000, 100_000, 1_000_000],
      drainEvents: quick ? 20_000 : 100_000,
      drainRounds: quick ? 1 : 3,
    },
  };
}

function known<Name extends string>(name: string, names: readonly Name[]): Name {
  const found = names.find((candidate) => candidate === name.trim());
  if (found === undefined) throw new Error(`there is no benchmark ${name}: take ${names.join(", ")}`);
  return found;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw new Error(`--idle-seconds takes 1 to 3600, got ${text}`);
  return seconds;
}
