import { nearest } from "@forewarn/sdk";
import { columns, runCommand, UsageError } from "./command.ts";
import { commands } from "./commands.ts";
import { exitCode, exitMeanings } from "./exit-code.ts";
import { type Io, processIo } from "./io.ts";
import { version } from "./version.ts";

const meanings = exitMeanings.map(([code, meaning]) => `${code} ${meaning}`);
const help = [
  "Forewarn forwards Azure's notices about this virtual machine to sinks, before they come true.\n",
  "Usage: forewarn COMMAND [options]\n",
  "Commands:",
  ...columns(commands.map(({ name, summary }) => [name, summary])),
  "\nforewarn COMMAND --help shows its options and examples. --version prints the version.",
  `Exit codes: ${meanings.slice(0, 5).join(", ")},`,
  `${meanings.slice(5).join(", ")}.\n`,
].join("\n");

async function main(argv: readonly string[], io: Io): Promise<number> {
  const [first = "--help", ...others] = argv;
  const asksForHelp = first === "--help" || first === "-h" || first === "help";
  const [about, ...below] = others;
  if (asksForHelp && about === undefined) {
    io.stdout.write(help);
    return exitCode.ok;
  }
  // `forewarn help run` is `forewarn run --help`.
  const [name, rest] = asksForHelp ? [about ?? "", [...below, "--help"]] : [first, others];
  if (name === "--version" || name === "-V") {
    io.stdout.write(`${version}\n`);
    return exitCode.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return runCommand(command, rest, io);
  const isOption = name.startsWith("-");
  const names = isOption ? ["--help", "--version"] : commands.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new UsageError(
    `there is no ${isOption ? "option" : "command"} ${JSON.stringify(name)}: ${near === undefined ? `known are ${names.join(", ")}` : `did you mean ${near}?`}`,
  );
}

// Neither a reader that goes away (`forewarn run --print | head`) nor a log that cannot be written may end the agent.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  process.exitCode = await main(process.argv.slice(2), processIo);
} catch (error) {
  const usage = error instanceof UsageError;
  const text = usage ? error.message : (error as Error).stack;
  // Most of these sentences begin with the command already.
  process.stderr.write(`${text?.startsWith("forewarn ") === true ? "" : "forewarn: "}${text}\n`);
  process.exitCode = usage ? exitCode.usage : exitCode.software;
}
// A sink's module may leave a timer or a socket behind, which would keep a process alive that has nothing to do.
setTimeout(() => process.exit(), 1000).unref();
