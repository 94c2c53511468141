import type { Command } from "../command.ts";
import { untilSignal } from "../signals.ts";

/** Starts the IMDS simulator alone; its own options are passed on. */
export const simulate: Command = {
  name: "simulate",
  summary: "Starts a simulated IMDS, for tests in any language; --help shows its options.",
  options: {},
  passThrough: true,
  examples: [["forewarn simulate --scenario preempt-spot", "a spot eviction, 30 s ahead"]],
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
