import type { ControlOptions, ControlServer } from "./control/control-server.ts";
import type { Simulator } from "./simulator-api.ts";

/** Serves the control API of a simulator over HTTP, on a port of its own; rejects with a ListenError. */
export async function startControlServer(
  simulator: Simulator,
  options?: ControlOptions,
): Promise<ControlServer> {
  // Only here: its validator is larger than all the rest of the simulator.
  const control = await import("./control/control-server.ts");
  return control.startControlServer(simulator, options);
}
