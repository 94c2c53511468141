import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import type { Contestant } from "./contestant.ts";
import { startReceiver } from "./receiver.ts";

/** Where one contestant plays: a simulated IMDS and a receiver of its own, both in this process, so that clocks agree. */
export interface Stage extends AsyncDisposable {
  readonly contestant: Contestant;
  readonly simulator: Simulator;
  /** How often the Scheduled Events document was asked for. */
  polls(): number;
  /** How many requests have come to the receiver. */
  arrivals(): number;
  /** The next time something happens, by `performance.now()`; rejects after 10 s. */
  next(what: Moment): Promise<number>;
  /** The end of what the contestant wrote to its standard output and error. */
  said(): string;
  /** Starts the contestant as a process, in an empty directory unless it comes back to the last one. */
  launch(pollIntervalMs: number, directory?: "new" | "same"): Player;
}

/** What a stage tells: the document was asked for, a changed document was sent, news came to the receiver. */
export type Moment = "polled" | "served" | "news";

/** A contestant at work. */
export interface Player extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  /** Just before the process was made, by `performance.now()`. */
  readonly launchedAt: number;
}

const patienceMs = 10_000;
/** What is to be undone when this process ends early, whatever the cause. */
const leftovers = new Set<() => void>();
process.once("exit", () => {
  // The last first: a process ends before its directory goes.
  for (const undo of [...leftovers].toReversed()) undo();
});

/** Opens a stage with nobody on it yet, whose receiver answers `afterMs` after a request came. */
export async function openStage(contestant: Contestant, afterMs = 0): Promise<Stage> {
  const waiting = new Map<Moment, Set<(at: number) => void>>();
  const tell = (what: Moment, at: number) => {
    const listeners = waiting.get(what);
    waiting.delete(what);
    for (const listener of listeners ?? []) listener(at);
  };
  let polls = 0;
  let log = "";
  const simulator = await startSimulator({ onServed: () => tell("served", performance.now()) });
  simulator.respondWith(({ path }) => {
    if (path !== "/metadata/scheduledevents") return undefined;
    polls++;
    tell("polled", performance.now());
    return undefined;
  });
  let arrivals = 0;
  const receiver = await startReceiver(({ at, body }) => {
    arrivals++;
    if (contestant.isNews(body)) tell("news", at);
  }, afterMs);
  const root = mkdtempSync(join(tmpdir(), "forewarn-bench-"));
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  leftovers.add(remove);
  let directories = 0;

  const said = () => readFileSync(log, "utf8").slice(-2000);
  return {
    contestant,
    simulator,
    said,
    polls: () => polls,
    arrivals: () => arrivals,
    next(what) {
      return new Promise((resolve, reject) => {
        const patience = setTimeout(() => {
          reject(
            new Error(`${contestant.name}: nothing ${what} within ${patienceMs} ms; it said:\n${said()}`),
          );
        }, patienceMs);
        const listeners = waiting.get(what) ?? new Set();
        waiting.set(what, listeners);
        listeners.add((at) => {
          clearTimeout(patience);
          resolve(at);
        });
      });
    },
    launch(pollIntervalMs, place = "new") {
      if (place === "new") directories++;
      const directory = join(root, String(directories));
      mkdirSync(directory, { recursive: true });
      const task = { imdsUrl: simulator.url, receiverUrl: receiver.url, pollIntervalMs, directory };
      const command = contestant.prepare(task);
      log = join(directory, "log");
      return launch(command, log, directory);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([simulator.close(), receiver.close()]);
      remove();
      leftovers.delete(remove);
    },
  };
}

function launch(command: readonly string[], log: string, directory: string): Player {
  const output = openSync(log, "a");
  const launchedAt = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: directory,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const kill = () => void child.kill("SIGKILL");
  leftovers.add(kill);
  return {
    pid: child.pid ?? 0,
    directory,
    launchedAt,
    async [Symbol.asyncDispose]() {
      await gone(child, kill);
      leftovers.delete(kill);
    },
  };
}

async function gone(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  kill();
  await exit;
}
