import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  isFileError,
  readScenario,
  type Scenario,
  scenarios,
  startSimulator,
} from "@forewarn/imds-simulator";
import { nearest } from "@forewarn/sdk";
import { UsageError } from "../command.ts";
import { type Pace, paceOf } from "./pace.ts";
import { type ReceiverCounts, startReceiver } from "./receiver.ts";
import { ScenarioFileError } from "./scenario-file-error.ts";

/** Everything around the agent that `run --simulate` brings along: IMDS, a receiver, and a state directory of its own. */
export interface Simulation extends Pace {
  readonly imdsUrl: string;
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

/**
 * Starts the embedded simulator for a scenario, which is a name or a file; the agent runs on the first of its VMs. Throws
 * `UsageError` on a name that is not known, and `ScenarioFileError` on a file that cannot be used.
 */
export async function startSimulation(named: string, wishedScale: number): Promise<Simulation> {
  const scenario = await scenarioOf(named);
  const pace = paceOf(scenario, wishedScale);
  const simulator = await startSimulator({
    timeScale: pace.timeScale,
    ...(scenario.vms && { vms: scenario.vms }),
  });
  const receiver = await startReceiver();
  const stateDirectory = mkdtempSync(join(tmpdir(), "forewarn-simulate-"));
  const remove = () => rmSync(stateDirectory, { recursive: true, force: true });
  // A second signal ends the process without closing anything.
  process.once("exit", remove);
  return {
    imdsUrl: simulator.url,
    ...pace,
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

async function scenarioOf(named: string): Promise<Scenario> {
  try {
    return await readScenario(named);
  } catch (error) {
    if (isFileError(error)) throw new ScenarioFileError(error.message);
    if (!(error instanceof RangeError)) throw error;
    const names = Object.keys(scenarios);
    const near = nearest(named, names);
    throw new UsageError(
      `there is no scenario ${JSON.stringify(named)}: ${near === undefined ? names.join(", ") : `did you mean ${near}?`}`,
    );
  }
}
