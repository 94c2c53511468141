import { createAgent } from "@forewarn/agent";
import { defineSink, describeEvent, Type } from "@forewarn/sdk";

const { IMDS_ENDPOINT = "http://169.254.169.254", STATE_DIRECTORY = "./state" } = process.env;

/** Prints a sentence for each event. */
const terminal = defineSink({
  type: "terminal",
  summary: "Prints a sentence for each event.",
  options: Type.Object({ bell: Type.Boolean({ default: false, description: "Rings where it is bad." }) }),
  open: ({ bell }) => ({
    async deliver({ events }) {
      for (const event of events) {
        const { text } = describeEvent(event);
        const ring = bell && event.severitytext === "ERROR" ? "\u0007" : "";
        process.stdout.write(`${event.type.replace("io.forewarn.", "")}: ${text}${ring}\n`);
      }
    },
  }),
});

const agent = createAgent({
  imds: { endpoint: IMDS_ENDPOINT },
  state: { path: STATE_DIRECTORY },
  // `options` are those of the definition: what is misspelt here, or of another type, does not compile.
  sinks: [{ name: "terminal", definition: terminal, options: { bell: true } }],
});
agent.telemetry.on("pollFailed", ({ message }) => process.stderr.write(`${message}\n`));
agent.telemetry.once("failed", ({ error }) => {
  throw error;
});
agent.start();

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void agent.stop());
