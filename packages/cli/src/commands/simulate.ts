import type { Command } from "../command.ts";
import { untilSignal } from "../signals.ts";

/** Starts the IMDS simulator alone; its own options are passed on. */
export const simulate: Command = {
  name: "simulate",
  summary: "Starts a simulated IMDS, for tests in any language; --help shows its options.",
  options: {},
  passThrough: true,
  examples: [
    ["forewarn simulate --scenario preempt-spot", "a spot eviction, 30 s ahead"],
    [
      "forewarn simulate --scenario ./story.yaml --time-scale 60",
      "a scenario of your own, in a 60th of its time",
    ],
    [
      "forewarn simulate --name web_0 --name web_1 --control-port 8180",
      "two VMs, and what happens to them by curl",
    ],
    ["forewarn simulate --replay vm.json", "what forewarn imds record wrote on a real VM"],
  ],
  async run({ args }, io) {
    const { signal, dispose } = untilSignal({ reader: true });
    try {
      // Loaded only here: an agent that runs needs neither the simulator nor node:http.
      const { runSimulator } = await import("@forewarn/imds-simulator");
      return await runSimulator([...args], {
        stdout: io.stdout,
        stderr: io.stderr,
        signal,
        program: "forewarn simulate",
      });
    } finally {
      dispose();
    }
  },
};
