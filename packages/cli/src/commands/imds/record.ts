import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Recording } from "@forewarn/imds-simulator";
import { formatDuration, parseDuration } from "@forewarn/sdk";
import { type Command, type Given, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { untilSignal } from "../../signals.ts";
import { clientOf, endpointOf, endpointOption } from "../given/endpoint.ts";

/** Writes what the IMDS of this VM answers into a file that the simulator replays. */
export const imdsRecord: Command = {
  name: "imds record",
  summary: "Records what IMDS answers, over time, for forewarn simulate --replay FILE.",
  args: "FILE-or-DIRECTORY",
  options: {
    for: {
      type: "string",
      value: "DURATION",
      help: "How long Scheduled Events are followed, once per second. Default: everything is asked once.",
    },
    "with-secrets": {
      type: "boolean",
      help: "Keep user data, public keys and the attested document; tokens are never written.",
    },
    force: { type: "boolean", help: "Write over a file that exists." },
    ...endpointOption,
  },
  examples: [
    ["forewarn imds record vm.json", "every endpoint once, secrets replaced"],
    ["forewarn imds record vm.json --for 1h", "what happens within an hour; Ctrl+C ends it earlier"],
    ["forewarn simulate --replay vm.json", "the same answers again, with the same timing"],
  ],
  async run({ options, args }, io) {
    const [given, ...more] = args;
    if (given === undefined || more.length > 0)
      throw new UsageError("forewarn imds record takes one FILE or DIRECTORY");
    const seconds = secondsOf(options["for"]);
    const path = pathOf(resolve(io.cwd, given), options["force"] === true);
    const endpoint = await endpointOf(options, io);
    // Only to check the endpoint: what is recorded is what a careful client would hide.
    clientOf(endpoint).close();
    const { record } = await import("@forewarn/imds-simulator");
    const { signal, dispose } = untilSignal({ reader: false });
    let last: Recording | undefined;
    try {
      last = await record({
        endpoint: endpoint.url,
        seconds,
        withSecrets: options["with-secrets"] === true,
        signal,
        onChange(recording) {
          write(path, recording);
          if (last === undefined && seconds > 0 && options["json"] !== true)
            io.stderr.write(`recording for ${formatDuration(seconds * 1000)} into ${path}; Ctrl+C ends it\n`);
          last = recording;
        },
      });
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      io.stderr.write(`forewarn imds record: ${path} cannot be written: ${error.message}\n`);
      return exitCode.cannotCreate;
    } finally {
      dispose();
    }
    io.stdout.write(told(path, last, options["json"] === true));
    return answered(last) ? exitCode.ok : exitCode.failed;
  },
};

function secondsOf(given: Given["options"][string]): number {
  if (given === undefined) return 0;
  try {
    return parseDuration(String(given)) / 1000;
  } catch (error) {
    throw new UsageError(`--for: ${(error as Error).message}`);
  }
}

/** The file itself, or one of the day in the directory. */
function pathOf(given: string, force: boolean): string {
  const isDirectory = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  const day = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  const path = isDirectory ? join(given, `imds-${day}.json`) : given;
  if (force || statSync(path, { throwIfNoEntry: false }) === undefined) return path;
  throw new UsageError(`${path} exists: choose another name, or add --force to write over it`);
}

/** At once or not at all, and for nobody else to read: a description of the machine is in it. */
function write(path: string, recording: Recording): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(recording, null, 2)}\n`);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function answered({ answers }: Recording): boolean {
  return Object.values(answers).some((track) => track.some(({ status }) => status === 200));
}

function told(path: string, recording: Recording, json: boolean): string {
  const { answers, seconds, redacted, endpoint } = recording;
  const targets = Object.entries(answers).map(([target, track]) => ({
    target,
    answers: track.length,
    first: track[0]?.status ?? track[0]?.failure ?? "",
  }));
  if (json) return `${JSON.stringify({ file: path, endpoint, seconds, redacted, targets }, null, 2)}\n`;
  const width = Math.max(...targets.map(({ first }) => String(first).length));
  return [
    ...targets.map(({ target, answers: count, first }) => {
      const more = count === 1 ? "" : `  and ${count - 1} that differed, one after the other`;
      return `${String(first).padEnd(width)}  ${target}${more}`;
    }),
    answered(recording)
      ? `Written to ${path}${redacted ? ", secrets replaced" : ", WITH user data and keys"}. Replay: forewarn simulate --replay ${path}`
      : `IMDS did not answer at ${endpoint}; that is what ${path} holds. forewarn doctor says why`,
    "",
  ].join("\n");
}
