import { relative } from "node:path";
import { parseArgs } from "node:util";
import { CreateError, type CreatedSink, createSink } from "./create-sink.ts";
import { readTarget } from "./target.ts";

/** Where the command reads and writes, so that a test can stand in its place. */
export interface CreateIo {
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /**
   * What npm 11 and older hands on of `npm create @forewarn/sink my-sink --name @acme/pager`: it takes the option for
   * its own, since no `--` stands before it.
   */
  readonly packageName?: string;
  /** Asks a person; absent where nobody sits at a terminal. Undefined where no answer came. */
  readonly ask?: (question: string) => Promise<string | undefined>;
}

/** After sysexits(3). */
const exitCode = { ok: 0, usage: 64, software: 70, cannotCreate: 73 } as const;

const help = `Makes a complete Forewarn sink package in TypeScript: source, tests, README.

Usage: npm create @forewarn/sink TARGET [-- --name PACKAGE]

  TARGET  A new or empty directory (my-sink, ./sinks/pager), or the package's name (@acme/pager),
          which gets a directory named after its last part.

Options:
      --name PACKAGE  The package's name: forewarn-sink-… or @scope/…. Default: forewarn-sink-<directory>.
  -h, --help          Show this help.

Examples:
  npm create @forewarn/sink my-sink                              forewarn-sink-my-sink in ./my-sink
  npm create @forewarn/sink @acme/pager                          @acme/pager in ./pager
  npm create @forewarn/sink . -- --name @acme/forewarn-sink-sms  in this directory, which is empty
`;

/** A command line that cannot be understood; the message says what to write instead. */
class UsageError extends Error {}

/**
 * The command line: `argv` holds the arguments after the program's name. Resolves with the exit code: 0, 64 for a
 * wrong command line or name, 73 where the directory is not empty or cannot be written.
 */
export async function runCreateSink(argv: readonly string[], io: CreateIo): Promise<number> {
  try {
    const given = parse(argv, io);
    if (given.help) {
      io.stdout.write(help);
      return exitCode.ok;
    }
    const target = given.target ?? given.packageName?.replace(/^.*\//, "") ?? (await asked(io));
    const { directory, packageName } = readTarget({ ...given, target }, io.cwd);
    io.stdout.write(report(await createSink({ directory, packageName }), io.cwd));
    return exitCode.ok;
  } catch (error) {
    io.stderr.write(`create-sink: ${error instanceof Error ? error.message : String(error)}\n`);
    return codeOf(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCode.usage;
  if (!(error instanceof CreateError)) return exitCode.software;
  return error.fault === "name" ? exitCode.usage : exitCode.cannotCreate;
}

interface Given {
  readonly help: boolean;
  readonly target?: string;
  readonly packageName?: string;
}

function parse(argv: readonly string[], io: CreateIo): Given {
  const { values, positionals } = parsed(argv);
  const [target, second] = positionals;
  const packageName = values.name ?? io.packageName;
  if (second !== undefined) {
    throw new UsageError(
      `one directory or package, not also ${JSON.stringify(second)}: npm hands on options only after "--"`,
    );
  }
  if (target === "" || packageName === "") throw new UsageError("a name must not be empty");
  return {
    help: values.help ?? false,
    ...(target === undefined ? {} : { target }),
    ...(packageName === undefined ? {} : { packageName }),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { name: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${sentence}: --help lists the options`);
  }
}

async function asked({ ask }: CreateIo): Promise<string> {
  const answer = (await ask?.("Directory of the new sink: "))?.trim() ?? "";
  if (answer !== "") return answer;
  throw new UsageError("name a directory: npm create @forewarn/sink my-sink");
}

function report({ packageName, directory, files }: CreatedSink, cwd: string): string {
  const place = relative(cwd, directory);
  const shown = /^[\w./@-]+$/.test(place) ? place : JSON.stringify(place);
  const steps = [...(place === "" ? [] : [`cd ${shown}`]), "npm install", "npm test"];
  return [
    `Made ${packageName} in ${directory}:`,
    ...files.map((file) => `  ${file}`),
    "\nNext:",
    ...steps.map((step) => `  ${step}`),
    "",
  ].join("\n");
}
