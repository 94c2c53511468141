import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import type { Catalog } from "../sinks/catalog.ts";
import { loadCatalog } from "./given/configuration.ts";

/** Lists the sinks that there are. */
export const sinks: Command = {
  name: "sinks",
  summary: "Lists the installed sinks, and what each does with an event.",
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      help: "A configuration whose own sinks (paths, packages) are listed, too.",
    },
  },
  examples: [
    ["forewarn sinks", "what may stand after type:"],
    ["forewarn sinks --json", "with the options of each as a JSON Schema"],
  ],
  async run({ options }, io) {
    const catalog = await loadCatalog(options, io);
    if (catalog === null) return exitCode.config;
    io.stdout.write(options["json"] === true ? jsonOf(catalog) : textOf(catalog, io));
    return catalog.broken.length === 0 ? exitCode.ok : exitCode.failed;
  },
};

function textOf({ sinks: found, broken }: Catalog, io: Io): string {
  const paint = paintFor(io.stdout, io.env);
  const width = Math.max(...[...found, ...broken].map(({ type }) => type.length));
  const lines = [
    ...found.map(({ type, definition }) => `${paint("bold", type.padEnd(width))}  ${definition.summary}`),
    ...broken.map(({ type, message }) => `${paint("red", type.padEnd(width))}  cannot be loaded: ${message}`),
  ];
  return `${lines.join("\n")}\n`;
}

function jsonOf({ sinks: found, broken }: Catalog): string {
  const told = found.map(({ type, definition, url, from }) => ({
    type,
    summary: definition.summary,
    from,
    url,
    options: definition.options,
  }));
  return `${JSON.stringify({ sinks: told, broken }, null, 2)}\n`;
}
