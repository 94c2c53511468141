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
    const { file, warnings } = settings;
    const isJson = options["json"] === true;
    if (!isJson) for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
    const sinks = settings.sinks.map(({ name, type }) => `${name} (${type})`);
    io.stdout.write(
      isJson
        ? `${JSON.stringify({ file, problems: [], warnings })}\n`
        : `${file} is valid: ${sinks.length === 1 ? "1 sink" : `${sinks.length} sinks`}: ${sinks.join(", ")}.\n`,
    );
    return exitCode.ok;
  },
};
