import type { Command } from "../command.ts";
import { composeSchema } from "../config/schema/compose.ts";
import { exitCode } from "../exit-code.ts";
import { loadCatalog } from "./given/configuration.ts";

/** Prints the JSON Schema of the configuration. */
export const schema: Command = {
  name: "schema",
  summary:
    "Prints the JSON Schema of the configuration, for editors: of the agent and of every installed sink.",
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      help: "A configuration whose own sinks (paths, packages) are to be part of it, too.",
    },
  },
  examples: [
    ["forewarn schema > forewarn.schema.json", "beside forewarn.yaml"],
    ["forewarn schema -c forewarn.yaml > forewarn.schema.json", "also for type: ./my-sink.ts"],
    ["# yaml-language-server: $schema=./forewarn.schema.json", "the first line of forewarn.yaml"],
  ],
  async run({ options }, io) {
    const catalog = await loadCatalog(options, io);
    if (catalog === null) return exitCode.config;
    for (const { type, message } of catalog.broken)
      io.stderr.write(`forewarn schema: the options of ${type} are not in it: ${message}\n`);
    io.stdout.write(`${JSON.stringify(composeSchema(catalog.sinks), null, 2)}\n`);
    return exitCode.ok;
  },
};
