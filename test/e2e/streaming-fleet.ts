import { join } from "node:path";
import { type Agent, createAgent } from "@forewarn/agent";
import type { Simulator } from "@forewarn/imds-simulator";
import { eventHubs } from "@forewarn/sink-event-hubs";
import type { Place } from "./forewarn.ts";

/** Agents, one on each VM of a simulator, that stream what they see of scheduled events into one Event Hub. */
export interface StreamingFleet extends AsyncDisposable {
  /** Resolves when everything that was seen is in the Event Hub. */
  stop(): Promise<void>;
}

/** Starts them; `hub` is `vm-events`. */
export function startFleet(
  place: Place,
  simulator: Simulator,
  { connectionString, mode }: { readonly connectionString: string; readonly mode: "binary" | "structured" },
): StreamingFleet {
  const agents = simulator.vms.map(({ url, vm }): Agent => {
    const agent = createAgent({
      imds: { endpoint: url, pollIntervalMs: 50 },
      state: { path: join(place.path, vm.name) },
      sinks: [
        {
          name: "stream",
          definition: eventHubs,
          when: { types: ["io.forewarn.scheduledevent.*"] },
          options: { connectionString, eventHub: "vm-events", mode },
        },
      ],
    });
    agent.start();
    return agent;
  });
  const stop = async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
  };
  return { stop, [Symbol.asyncDispose]: stop };
}
