import { MisconfiguredError } from "@forewarn/sdk";
import type { Environment } from "./environment.ts";
import { checkDirectory, findProgram } from "./find-program.ts";

/** What to run, as the options say it. */
export interface CommandOptions {
  readonly command: string | readonly string[];
  readonly shell: boolean;
}

/** A command that can be started, unless the system has changed since. */
export interface Command {
  /** As a person knows it: what stands in the options, without arguments. */
  readonly name: string;
  /** A path; with `shell` the text that the shell reads. */
  readonly program: string;
  readonly args: readonly string[];
  readonly shell: boolean;
}

/**
 * The command of these options. Throws a `MisconfiguredError` where they contradict each other: a text is one program
 * unless a shell reads it, since whoever writes `rm -rf "$FOREWARN_VM_NAME"` there must know who splits it.
 */
export function commandOf({ command, shell }: CommandOptions): Command {
  if (shell) {
    if (typeof command === "string") return { name: "the shell command", program: command, args: [], shell };
    throw new MisconfiguredError(
      "option command: with `shell: true` it must be one text that the shell reads, not a list",
    );
  }
  const [program = "", ...args] = typeof command === "string" ? [command] : command;
  if (program === "") throw new MisconfiguredError("option command: the program's name is empty");
  if (typeof command === "string" && /\s/.test(command)) {
    const list = JSON.stringify(command.trim().split(/\s+/));
    throw new MisconfiguredError(
      `option command: a text names one program, and ${JSON.stringify(command)} holds blanks: give a list, such as ${list}, or set \`shell: true\``,
    );
  }
  return { name: program, program, args, shell };
}

/**
 * The command with the path of its program, as PATH says. Throws a `MisconfiguredError` with the cure where it, or the
 * directory to run it in, is not there. What a shell would run is not looked at.
 */
export async function found(
  command: Command,
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): Promise<Command> {
  await checkDirectory(cwd);
  if (command.shell) return command;
  return { ...command, program: await findProgram(command.program, { cwd, env }) };
}
