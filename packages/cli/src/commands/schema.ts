import type { Command } from "../command.ts";
import { renderProblems } from "../config/render.ts";
import { exitCode } from "../exit-code.ts";
import { composeSchema } from "../schema/compose.ts";
import { readCatalog } from "../sinks/catalog.ts";

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
    const file = options["config"];
    const catalog = await readCatalog(typeof file === "string" ? file : undefined, io);
    if ("problem" in catalog) {
      io.stderr.write(renderProblems([catalog.problem]));
      return exitCode.config;
    }
    for (const { type, message } of catalog.broken)
      io.stderr.write(`forewarn schema: the options of ${type} are not in it: ${message}\n`);
    io.stdout.write(`${JSON.stringify(composeSchema(catalog.sinks), null, 2)}\n`);
    return exitCode.ok;
  },
};
