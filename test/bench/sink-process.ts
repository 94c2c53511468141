import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Until this part of the events has come, whoever sends them warms up; nothing before is measured. */
export const warmUp = 0.2;

/** What a sink server tells, in this order. */
export type SinkMessage = { readonly port: number } | { readonly warm: number } | Tally;

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
  /** From the end of the warm-up to the last event. */
  readonly perSecond: number;
}

/** A sink server at work. */
export interface SinkProcess extends AsyncDisposable {
  readonly url: string;
  /** Resolves to the number of events that had come when the warm-up ended. */
  warm(patienceMs: number): Promise<number>;
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
  const messages = (key: string) => message(child, key);
  const [warm, tally] = [messages("warm"), messages("events")];
  const { port } = (await within(messages("port"), 10_000)) as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}/events`,
    warm: async (patienceMs) => ((await within(warm, patienceMs)) as { readonly warm: number }).warm,
    tally: async (patienceMs) => (await within(tally, patienceMs)) as Tally,
    async [Symbol.asyncDispose]() {
      process.removeListener("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      kill();
      await exit;
    },
  };
}

/** The first message with a key. */
function message(child: ChildProcess, key: string): Promise<SinkMessage> {
  const told = new Promise<SinkMessage>((resolve, reject) => {
    child.on("message", (each: SinkMessage) => {
      if (key in each) resolve(each);
    });
    child.once("exit", () => reject(new Error("the sink server ended")));
  });
  told.catch(() => {});
  return told;
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
