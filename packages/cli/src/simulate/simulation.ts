import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, type ScenarioName, scenarios, startSimulator } from "@forewarn/imds-simulator";
import { UsageError } from "../command.ts";
import { nearest } from "../config/suggest.ts";
import { type ReceiverCounts, startReceiver } from "./receiver.ts";

/** Everything around the agent that `run --simulate` brings along: IMDS, a receiver, and a state directory of its own. */
export interface Simulation {
  readonly imdsUrl: string;
  /** What the scenario's waits are divided by. */
  readonly timeScale: number;
  /** Fresh, and removed at the end: simulated events never mix with real ones. */
  readonly stateDirectory: string;
  /** What the configuration may refer to: FOREWARN_RECEIVER_URL and FOREWARN_RECEIVER_SECRET. */
  readonly env: Readonly<Record<string, string>>;
  /** Plays the scenario, again and again with `keep`; resolves when it has ended or the signal aborts. */
  play(options: { readonly keep: boolean; readonly signal: AbortSignal }): Promise<void>;
  received(): ReceiverCounts;
  close(): Promise<void>;
}

const pauseMs = 3000;

/** Starts the embedded simulator for a scenario; throws `UsageError` on a name that is not known. */
export async function startSimulation(name: string, timeScale: number): Promise<Simulation> {
  const scenario = scenarioOf(name);
  const simulator = await startSimulator({ timeScale });
  const receiver = await startReceiver();
  const stateDirectory = mkdtempSync(join(tmpdir(), "forewarn-simulate-"));
  const remove = () => rmSync(stateDirectory, { recursive: true, force: true });
  // A second signal ends the process without closing anything.
  process.once("exit", remove);
  return {
    imdsUrl: simulator.url,
    timeScale,
    stateDirectory,
    env: { FOREWARN_RECEIVER_URL: receiver.url, FOREWARN_RECEIVER_SECRET: receiver.secret },
    async play({ keep, signal }) {
      try {
        await simulator.play(scenario, { signal });
        if (!keep) return;
        while (!signal.aborted) {
          await sleep(pauseMs, undefined, { signal });
          await simulator.play(scenario, { signal });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    received: receiver.counts,
    async close() {
      await simulator.close();
      await receiver.close();
      remove();
      process.off("exit", remove);
    },
  };
}

function scenarioOf(name: string): Scenario {
  const known: Readonly<Record<string, Scenario>> = scenarios satisfies Record<ScenarioName, Scenario>;
  const scenario = Object.hasOwn(known, name) ? known[name] : undefined;
  if (scenario !== undefined) return scenario;
  const near = nearest(name, Object.keys(known));
  throw new UsageError(
    `there is no scenario ${JSON.stringify(name)}: ${near === undefined ? Object.keys(known).join(", ") : `did you mean ${near}?`}`,
  );
}
