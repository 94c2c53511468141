import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { configOption, loadSettings } from "./configuration.ts";

/** Checks a configuration without running it. */
export const validate: Command = {
  name: "validate",
  summary: "Checks the configuration: every problem at once, with its place and its cure.",
  options: configOption,
  examples: [
    ["forewarn validate -c forewarn.yaml", "exit 78 when it is wrong"],
    ["forewarn validate --json", "the problems as JSON"],
  ],
  async run({ options }, io) {
    const settings = await loadSettings(options, io);
    if (settings === null) return exitCode.config;
    const sinks = settings.sinks.map(({ name, type }) => `${name} (${type})`);
    io.stdout.write(
      options["json"] === true
        ? `${JSON.stringify({ file: settings.file, problems: [] })}\n`
        : `${settings.file} is valid: ${sinks.length === 1 ? "1 sink" : `${sinks.length} sinks`}: ${sinks.join(", ")}.\n`,
    );
    return exitCode.ok;
  },
};
