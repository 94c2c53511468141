import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What came to a sink server. */
export interface Tally {
  /** Different ones. */
  readonly events: number;
  readonly requests: number;
  readonly duplicates: number;
  /** Events that came after a later one of the same scheduled event. */
  readonly disorder: number;
  /** Requests that came while another one of the same scheduled event was not answered yet. */
  readonly overlaps: number;
  /** From the first request to the last, without the first one's events. */
  readonly perSecond: number;
}

/** A sink server at work. */
export interface SinkProcess extends AsyncDisposable {
  readonly url: string;
  /** Resolves when all expected events have come; rejects where that takes longer than `patienceMs`. */
  tally(patienceMs: number): Promise<Tally>;
}

/** Starts a server that expects so many events, and answers after `delayMs`. */
export async function startSinkProcess(
  expected: number,
  { perStory = 1, delayMs = 0 }: { readonly perStory?: number; readonly delayMs?: number } = {},
): Promise<SinkProcess> {
  const child = fork(join(import.meta.dirname, "sink-server.ts"), [expected, perStory, delayMs].map(String), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const { port } = (await message(child, 10_000)) as { readonly port: number };
  const done = message(child, 600_000);
  done.catch(() => {});
  return {
    url: `http://127.0.0.1:${port}/events`,
    tally: (patienceMs) => within(done as Promise<Tally>, patienceMs),
    async [Symbol.asyncDispose]() {
      process.removeListener("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      kill();
      await exit;
    },
  };
}

function message(child: ChildProcess, patienceMs: number): Promise<unknown> {
  return within(
    new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", () => reject(new Error("the sink server ended")));
    }),
    patienceMs,
  );
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const patience = setTimeout(() => reject(new Error(`the sink server had not got all within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(patience);
  }
}
