import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Clock, Logger } from "@forewarn/sdk";
import type { Command } from "./command.ts";
import type { Environment } from "./environment.ts";
import type { Output } from "./output.ts";
import { endGroup, hasGroups, watchGroup } from "./process-group.ts";

/** How a process ended: one of the two is not null. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What one run works with. */
export interface RunContext {
  readonly cwd: string;
  readonly env: Environment;
  /** What the command reads from stdin; it need not. */
  readonly input: string;
  readonly output: Output;
  /** Ends the run and all that it has started. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a process that has ended is waited for to have its last words read, where another one holds its output. */
const lastWordsMs = 200;

/**
 * Runs a command as the leader of a process group of its own and resolves when it has ended. Rejects with the signal's
 * reason if that came first, when nothing of the group is left, and with the system's error where it cannot be started.
 */
export async function run(command: Command, context: RunContext): Promise<Ending> {
  const { cwd, env, input, output, signal, clock } = context;
  signal.throwIfAborted();
  const child = spawn(command.program, [...command.args], {
    cwd,
    env,
    shell: command.shell,
    stdio: "pipe",
    detached: hasGroups,
    windowsHide: true,
  });
  const [ended, closed] = [endingOf(child), once(child, "close")];
  closed.catch(() => {});
  const { pid } = child;
  if (pid === undefined) return ended;

  // A command need not read what it gets.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  child.stdout.on("data", (chunk: Buffer) => output.take("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => output.take("stderr", chunk));

  const forget = watchGroup(pid);
  const over = new AbortController();
  let killing: Promise<void> | undefined;
  const kill = () => void (killing ??= endGroup(pid, context));
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    const ending = await ended;
    signal.removeEventListener("abort", kill);
    await killing;
    await Promise.race([closed, clock.sleep(lastWordsMs, over.signal)]);
    if (killing !== undefined) throw signal.reason;
    return ending;
  } finally {
    over.abort();
    forget();
    release(child);
    output.end();
  }
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", reject);
  });
}

/**
 * Lets go of a command that has ended. What it left in the background is not killed by a pipe that breaks: its output
 * is read on and thrown away.
 */
function release({ stdin, stdout, stderr }: ChildProcess): void {
  stdin?.destroy();
  for (const stream of [stdout, stderr]) {
    stream?.removeAllListeners("data").resume();
    (stream as Socket | null)?.unref();
  }
}
