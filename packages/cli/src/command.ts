import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { nearest } from "@forewarn/sdk";
import { exitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** One option of a command, as its help shows it. */
export interface OptionHelp {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  /** Every value that it takes, where they are few; any other is refused. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** What was given on the command line. */
export interface Given {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly args: readonly string[];
}

/** A command of the binary, or one below such a command. */
export interface Command {
  /** As it is written after `forewarn`: `events`; below another command also that one's: `imds token`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What stands for the arguments in the help: `PATH`. */
  readonly args?: string;
  /** What the first argument may be, where that is known: for shells. */
  readonly argChoices?: readonly string[];
  readonly options: Readonly<Record<string, OptionHelp>>;
  /** Command lines that work, each with what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** An option without a value may stand alone: `--simulate` means `--simulate demo`. */
  readonly optionalValues?: Readonly<Record<string, string>>;
  /** Everything after the name is an argument: the command parses it by itself. */
  readonly passThrough?: true;
  /** Commands below this one, chosen by its first argument: `token` of `imds token`. */
  readonly commands?: readonly Command[];
  /** The exit code. */
  run(given: Given, io: Io): Promise<number>;
}

/** A command line that cannot be understood; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const everywhere: Readonly<Record<string, OptionHelp>> = {
  json: { type: "boolean", help: "Print JSON instead of text for people." },
  help: { type: "boolean", short: "h", help: "Show this help." },
};

/** Runs a command with the rest of the command line; prints its help where asked. */
export async function runCommand(command: Command, argv: readonly string[], io: Io): Promise<number> {
  if (command.passThrough === true) return command.run({ options: {}, args: argv }, io);
  const below = commandBelow(command, argv);
  if (below !== undefined) return runCommand(below.command, below.argv, io);
  const given = parse(command, argv);
  if (given.options["help"] === true) {
    io.stdout.write(helpOf(command));
    return exitCode.ok;
  }
  return command.run(given, io);
}

/** The command below this one that the first argument names, wherever options stand, and its command line. */
function commandBelow(
  command: Command,
  argv: readonly string[],
): { readonly command: Command; readonly argv: readonly string[] } | undefined {
  const { commands = [] } = command;
  if (commands.length === 0) return undefined;
  const known = Object.assign({}, everywhere, command.options, ...commands.map(({ options }) => options));
  const options = parserOptions(known as Command["options"]);
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find(({ kind }) => kind === "positional");
  if (first?.kind !== "positional") return undefined;
  const found = commands.find(({ name }) => name === `${command.name} ${first.value}`);
  return found && { command: found, argv: argv.toSpliced(first.index, 1) };
}

function parserOptions(options: Command["options"]): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
}

function parse(command: Command, argv: readonly string[]): Given {
  const options = parserOptions(optionsOf(command));
  try {
    const { values, positionals } = parseArgs({
      args: withNumbers(withOptionalValues(argv, command.optionalValues ?? {}), options),
      options,
      allowPositionals: true,
    });
    if (command.args === undefined && positionals.length > 0) {
      throw new UsageError(
        `forewarn ${command.name} takes no argument, got ${JSON.stringify(positionals[0])}`,
      );
    }
    const [empty] = Object.entries(values).find(([, value]) => value === "") ?? [];
    if (empty !== undefined) {
      throw new UsageError(
        `forewarn ${command.name}: --${empty} needs a value: forewarn ${command.name} --help says which`,
      );
    }
    checkChoices(command, values);
    return { options: values as Given["options"], args: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(explain(command, error as Error, Object.keys(options)));
  }
}

function checkChoices({ options }: Command, values: Readonly<Record<string, unknown>>): void {
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices === undefined || typeof value !== "string" || choices.includes(value)) continue;
    const near = nearest(value, choices);
    throw new UsageError(
      `--${name} takes one of ${choices.join(", ")}, got ${JSON.stringify(value)}${near === undefined ? "" : `: did you mean ${near}?`}`,
    );
  }
}

/** `--simulate --print` means `--simulate demo --print`. */
function withOptionalValues(argv: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return argv.flatMap((arg, index) => {
    const value = arg.startsWith("--") ? values[arg.slice(2)] : undefined;
    const next = argv[index + 1];
    return value === undefined || (next !== undefined && !next.startsWith("-")) ? [arg] : [arg, value];
  });
}

/** `--limit -1` means `--limit=-1`, so that the command says what it takes: no option of ours is a number. */
function withNumbers(argv: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const joined: string[] = [];
  for (const arg of argv) {
    const before = joined.at(-1) ?? "";
    const takesText = before.startsWith("--") && options[before.slice(2)]?.type === "string";
    if (takesText && /^-\d/.test(arg)) joined.splice(-1, 1, `${before}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** Node's words for a wrong command line, in ours: what is wrong and what to write instead. */
function explain(command: Command, error: Error, known: readonly string[]): string {
  const { code } = error as { readonly code?: string };
  const help = `forewarn ${command.name} --help`;
  const [, option = ""] = /[Oo]ption '((?:-\w, )?-{1,2}[^' ]+)/.exec(error.message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const near = option.startsWith("--") ? nearest(option.slice(2), known) : undefined;
    const advice = near === undefined ? `${help} lists them` : `did you mean --${near}?`;
    return `forewarn ${command.name} has no option ${option}: ${advice}`;
  }
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return error.message;
  return error.message.includes("does not take")
    ? `forewarn ${command.name}: ${option} takes no value`
    : `forewarn ${command.name}: ${option} needs a value: ${help} says which`;
}

/** The options of a command, those of every command last. */
export function optionsOf({ options }: Command): Command["options"] {
  return { ...options, ...everywhere };
}

/** How a command is written, in one line. */
export function usageOf(command: Command): string {
  return [`forewarn ${command.name}`, "[options]", command.args].filter(Boolean).join(" ");
}

/** Its options, each as it is written and what it does. */
export function optionRows(command: Command): readonly (readonly [string, string])[] {
  return Object.entries(optionsOf(command)).map(([name, option]) => [
    optionName(name, option, command),
    option.help,
  ]);
}

function helpOf(command: Command): string {
  const { commands = [] } = command;
  const below = columns(commands.map(({ name, summary }) => [name, summary]));
  return [
    `${command.summary}\n`,
    `Usage: ${usageOf(command)}\n`,
    ...(commands.length === 0 ? [] : ["Commands:", ...below, ""]),
    "Options:",
    ...columns(optionRows(command)),
    "\nExamples:",
    ...columns(command.examples),
    "",
  ].join("\n");
}

function optionName(name: string, option: OptionHelp, command: Command): string {
  const value = option.value ?? (option.type === "string" ? "VALUE" : "");
  const shown = command.optionalValues?.[name] === undefined ? value : `[${value}]`;
  return `${option.short === undefined ? "    " : `-${option.short}, `}--${name}${value === "" ? "" : ` ${shown}`}`;
}

/** Two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
