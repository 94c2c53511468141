import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, resolve } from "node:path";

/** What a contestant is started with. */
export interface Task {
  readonly imdsUrl: string;
  readonly receiverUrl: string;
  readonly pollIntervalMs: number;
  /** A directory of its own for whatever it writes. */
  readonly directory: string;
  /** The sinks of Forewarn's configuration, as YAML, instead of the usual two. */
  readonly sinks?: string;
  /** How large Forewarn's state may grow. Default 1GB. */
  readonly maxSize?: string;
}

/** A program that is measured. */
export interface Contestant {
  readonly name: string;
  /** What follows `node` on its command line; writes what it needs into the task's directory. */
  prepare(task: Task): readonly string[];
  /** Whether a request at the receiver tells of a scheduled event, which the measured change was about. */
  isNews(body: string): boolean;
}

const bin = resolve(import.meta.dirname, "../../packages/cli/bin/forewarn.js");

/** The state directory that Forewarn has in a task's directory. */
export const stateOf = (directory: string): string => join(directory, "state");

/** The built CLI with a webhook and a file sink, everything else by default. */
export function forewarn(program: string = bin, nodeOptions: readonly string[] = []): Contestant {
  if (!existsSync(program)) throw new Error(`there is no ${program}`);
  return {
    name: "forewarn",
    prepare({ imdsUrl, receiverUrl, pollIntervalMs, directory, sinks, maxSize = "1GB" }) {
      const config = join(directory, "forewarn.yaml");
      writeFileSync(
        config,
        `imds: { endpoint: "${imdsUrl}", pollInterval: ${pollIntervalMs}ms }
state: { path: ${stateOf(directory)}, maxSize: ${maxSize} }
sinks:
${sinks ?? usualSinks(directory, receiverUrl)}
`,
      );
      return [...nodeOptions, program, "run", "-c", config];
    },
    isNews: (body) => body.includes('"type":"io.forewarn.scheduledevent.'),
  };
}

/** Sinks as YAML. */
export function sinksOf(sinks: Readonly<Record<string, object>>): string {
  // JSON is YAML.
  return Object.entries(sinks)
    .map(([name, sink]) => `  ${name}: ${JSON.stringify(sink)}`)
    .join("\n");
}

function usualSinks(directory: string, receiverUrl: string): string {
  return `  file: { type: file, options: { path: ${directory}/events.ndjson } }
  hook: { type: webhook, options: { url: "${receiverUrl}" } }`;
}

// Stripping types is experimental in name only; the warning would stand in the middle of the table.
const warners = process.listeners("warning");
process.removeAllListeners("warning").on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") for (const warn of warners) warn(warning);
});

/** The bare loop, as plain JavaScript. */
export function bareLoop(): Contestant {
  const source = stripTypeScriptTypes(readFileSync(resolve(import.meta.dirname, "bare-loop.ts"), "utf8"));
  return {
    name: "bare loop",
    prepare({ imdsUrl, receiverUrl, pollIntervalMs, directory }) {
      const script = join(directory, "bare-loop.mjs");
      writeFileSync(script, source);
      return [script, imdsUrl, String(pollIntervalMs), receiverUrl];
    },
    isNews: (body) => body.includes('"EventId"') || body.includes('"Events":[]'),
  };
}
