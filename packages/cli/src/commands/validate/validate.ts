import { probeSink } from "@forewarn/agent";
import type { Command } from "../../command.ts";
import type { ConfigProblems } from "../../config/load.ts";
import { githubCommand, githubCommands } from "../../config/problems/github.ts";
import { renderProblems, renderWarnings } from "../../config/problems/render.ts";
import type { ReadConfig } from "../../config/read.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { paintFor } from "../../log/color.ts";
import { configOption, readGiven } from "../given/configuration.ts";
import { exitOfProbes, type ProbedSink, probesText, probeSinks } from "./probes.ts";

const formats = ["pretty", "json", "github"] as const;
type Format = (typeof formats)[number];

/** Checks a configuration without running it. */
export const validate: Command = {
  name: "validate",
  summary: "Checks the configuration: every problem at once, with its place and its cure.",
  options: {
    ...configOption,
    probe: {
      type: "boolean",
      help: "Open each sink and ask its destination whether it would take events; none is sent.",
    },
    format: {
      type: "string",
      value: "FORMAT",
      choices: formats,
      help: "pretty (default), json (as --json), or github: annotations of a workflow run.",
    },
  },
  examples: [
    ["forewarn validate -c forewarn.yaml", "exit 78 when it is wrong"],
    ["forewarn validate --probe", "exit 78 when a destination refuses, 75 when it does not answer"],
    ["forewarn validate --format github", "in a workflow: problems are shown beside the lines"],
    ["forewarn explain CONFIG_BAD_DURATION", "what a code means"],
  ],
  async run({ options }, io) {
    const format = options["json"] === true ? "json" : ((options["format"] ?? "pretty") as Format);
    const read = await readGiven(options, io);
    if (!read.ok) {
      tellProblems(read, format, io);
      return exitCode.config;
    }
    const probes = options["probe"] === true ? await probeSinks(read.settings, io, probeSink) : [];
    tellValid(read, probes, format, io);
    return exitOfProbes(probes);
  },
};

function tellProblems({ problems, excerpt }: ConfigProblems, format: Format, io: Io): void {
  if (format === "json") io.stdout.write(`${JSON.stringify({ problems })}\n`);
  else if (format === "github") io.stdout.write(githubCommands("error", problems));
  else io.stderr.write(renderProblems(problems, excerpt));
}

function tellValid(
  { settings: { file, sinks, warnings }, excerpt }: ReadConfig,
  probes: readonly ProbedSink[],
  format: Format,
  io: Io,
): void {
  if (format === "json") {
    const probed = probes.length === 0 ? {} : { probes };
    io.stdout.write(`${JSON.stringify({ file, problems: [], warnings, ...probed })}\n`);
    return;
  }
  if (format === "github") io.stdout.write(githubCommands("warning", warnings));
  else if (warnings.length > 0) io.stderr.write(`${renderWarnings(warnings, excerpt)}\n`);
  const names = sinks.map(({ name, type }) => `${name} (${type})`);
  const count = names.length === 1 ? "1 sink" : `${names.length} sinks`;
  io.stdout.write(`${file} is valid: ${count}: ${names.join(", ")}.\n`);
  io.stdout.write(probesText(probes, paintFor(io.stdout, io.env)));
  if (format !== "github") return;
  for (const { sink, outcome, message = "", note } of probes) {
    if (exitOfProbes([{ outcome }]) !== exitCode.ok)
      io.stdout.write(
        githubCommand("error", { title: `sink ${sink}: ${outcome}` }, [
          message,
          ...(note === null ? [] : [note]),
        ]),
      );
  }
}
