import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

const packages = resolve(import.meta.dirname, "../../packages");

/** The built binaries. */
export const bins = {
  forewarn: resolve(packages, "cli/bin/forewarn.js"),
  simulator: resolve(packages, "simulator/bin/imds-simulator.js"),
} as const;

/** A built binary as a process. */
export interface Forewarn extends AsyncDisposable {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves when the output holds a text; rejects when the process ends or 20 s pass without it. */
  says(text: string | RegExp): Promise<void>;
  /** Sends a signal and resolves as `exited` does. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
  /** Resolves with the exit code, or the name of the signal that ended the process; rejects, and kills it, after 60 s. */
  exited(): Promise<number | string>;
}

/** Starts `forewarn`, or another of {@link bins}, with these arguments, in a directory, with nothing of the environment but what is given. */
export function forewarn(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly prefix?: readonly string[];
    readonly bin?: string;
  } = {},
): Forewarn {
  const [program, ...rest] = [
    ...(options.prefix ?? []),
    process.execPath,
    options.bin ?? bins.forewarn,
    ...args,
  ] as [string, ...string[]];
  const child = spawn(program, rest, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env["PATH"], ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exit = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  // A test that is given up must not leave a process behind.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  void exit.then(() => process.off("exit", kill));

  async function exited(): Promise<number | string> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, 60_000);
    const code = await exit;
    clearTimeout(timer);
    if (late) throw new Error(`forewarn did not end within 60 s; it said:\n${stdout}${stderr}`);
    return code;
  }

  return {
    child,
    stdout: () => stripVTControlCharacters(stdout),
    stderr: () => stripVTControlCharacters(stderr),
    exited,
    async says(text) {
      const pattern = typeof text === "string" ? text : new RegExp(text);
      const found = () =>
        typeof pattern === "string" ? (stdout + stderr).includes(pattern) : pattern.test(stdout + stderr);
      const until = Date.now() + 20_000;
      while (!found()) {
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
          throw new Error(`forewarn never said ${String(text)}; it said:\n${stdout}${stderr}`);
        }
        await new Promise((next) => setTimeout(next, 10));
      }
    },
    async end(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited();
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exit;
    },
  };
}

/** A directory that is gone afterwards. */
export interface Place extends Disposable {
  readonly path: string;
  /** Writes a file into it and returns its path. */
  file(name: string, text: string): string;
}

/** Makes a temporary directory. */
export function temporaryPlace(): Place {
  const path = mkdtempSync(join(tmpdir(), "forewarn-e2e-"));
  return {
    path,
    file(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
