import { type Command, optionRows, usageOf } from "../packages/cli/src/command.ts";
import { commands } from "../packages/cli/src/commands.ts";
import { exitMeanings } from "../packages/cli/src/exit-code.ts";

/** `docs/commands.md`, from the declarations by which the binary parses its command line and writes its help. */
export function commandsPage(): string {
  return [
    "# Commands",
    "Generated from the declarations in `packages/cli/src/commands`; `npm run docs:generate` writes it anew.",
    "stdout has the result and nothing else, stderr what is to be said beside it. Tables and colours are for people: colours only on a terminal, none where `NO_COLOR` is set, always with `FORCE_COLOR`; times in them are local. With `--json` there is one JSON document (or, of what goes on, one object on each line), with times in RFC 3339. A secret is shown by no command but for `imds token` and `imds PATH` with `--show-secret`.",
    tableOf(
      ["command", "what it does"],
      commands.map(({ name, summary }) => [`[\`${name}\`](#forewarn-${name})`, summary]),
    ),
    "## Exit codes",
    tableOf(
      ["code", "means"],
      exitMeanings.map(([code, meaning]) => [String(code), meaning]),
    ),
    ...commands.flatMap((command) => section(command, "##")),
  ].join("\n\n");
}

function section(command: Command, level: string): readonly string[] {
  const { name, summary, examples, commands: below = [], passThrough } = command;
  const options =
    passThrough === true
      ? ["Its options are those of [`imds-simulator`](../packages/simulator/README.md#try-it)."]
      : [
          tableOf(
            ["option", "what it does"],
            optionRows(command).map(([option, help]) => [`\`${option.trim()}\``, help]),
          ),
        ];
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `${line.padEnd(width)}  # ${what}`);
  return [
    `${level} forewarn ${name}`,
    summary,
    `Usage: \`${usageOf(command)}\``,
    ...options,
    ["```sh", ...lines, "```"].join("\n"),
    ...below.flatMap((each) => section(each, `${level}#`)),
  ];
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return [`| ${heads.join(" | ")} |`, `| ${heads.map(() => "---").join(" | ")} |`, ...lines].join("\n");
}
