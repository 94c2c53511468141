import { columns, type Command, runCommand, UsageError } from "./command.ts";
import { events } from "./commands/events.ts";
import { imds } from "./commands/imds.ts";
import { run } from "./commands/run.ts";
import { simulate } from "./commands/simulate.ts";
import { validate } from "./commands/validate.ts";
import { nearest } from "./config/suggest.ts";
import { exitCode } from "./exit-code.ts";
import { type Io, processIo } from "./io.ts";
import { version } from "./version.ts";

const commands: readonly Command[] = [run, validate, events, imds, simulate];

const help = [
  "Forewarn forwards Azure's notices about this virtual machine to sinks, before they come true.\n",
  "Usage: forewarn COMMAND [options]\n",
  "Commands:",
  ...columns(commands.map(({ name, summary }) => [name, summary])),
  "\nforewarn COMMAND --help shows its options and examples. --version prints the version.",
  "Exit codes: 0 done, 1 failed, 64 wrong command line, 70 fault of forewarn, 73 state directory not writable,",
  "75 state directory in use or something left, 78 wrong configuration.\n",
].join("\n");

async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name = "--help", ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") {
    io.stdout.write(help);
    return exitCode.ok;
  }
  if (name === "--version" || name === "-V") {
    io.stdout.write(`${version}\n`);
    return exitCode.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return runCommand(command, rest, io);
  const near = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `there is no command ${JSON.stringify(name)}: ${near === undefined ? "forewarn --help lists them" : `did you mean ${near}?`}`,
  );
}

try {
  process.exitCode = await main(process.argv.slice(2), processIo);
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(usage ? `forewarn: ${error.message}\n` : `forewarn: ${(error as Error).stack}\n`);
  process.exitCode = usage ? exitCode.usage : exitCode.software;
}
