import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What a broker tells: first where it is, then each moment that was asked for, epoch milliseconds with fractions. */
export type BrokerMessage =
  { readonly connectionString: string } | { readonly received: number; readonly at: number };

/** An Event Hubs emulator at work, with an Event Hub named `hub`. */
export interface Broker extends AsyncDisposable {
  readonly connectionString: string;
  /** When so many events had come; rejects where that takes longer than two minutes. */
  received(count: number): Promise<number>;
}

const patienceMs = 120_000;

/** Starts an emulator in a process of its own. */
export async function startBroker(): Promise<Broker> {
  const child = fork(join(import.meta.dirname, "event-hubs-broker.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const [first] = (await once(child, "message")) as [BrokerMessage];
  if (!("connectionString" in first)) throw new Error("the broker did not say where it is");
  return {
    connectionString: first.connectionString,
    received(count) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const late = () => reject(new Error(`${count} events did not come within ${patienceMs} ms`));
      const patience = setTimeout(late, patienceMs);
      child.on("message", (message: BrokerMessage) => {
        if ("received" in message && message.received === count) resolve(message.at);
      });
      child.send(count);
      return promise.finally(() => clearTimeout(patience));
    },
    async [Symbol.asyncDispose]() {
      process.removeListener("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      kill();
      await exit;
    },
  };
}
