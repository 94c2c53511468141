import { access, constants, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { MisconfiguredError } from "@forewarn/sdk";
import type { Environment } from "./environment.ts";

/** What is found under a name. */
type Finding = "program" | "absent" | "directory" | "not executable" | "out of reach";

/** Throws a `MisconfiguredError` where a command cannot run in this directory. */
export async function checkDirectory(cwd: string): Promise<void> {
  const problem = await stat(cwd).then(
    async (stats) => {
      if (!stats.isDirectory()) return "is no directory";
      return access(cwd, constants.X_OK).then(
        () => undefined,
        () => "cannot be entered by the agent's user",
      );
    },
    (error: NodeJS.ErrnoException) => `does not exist or cannot be reached (${error.code})`,
  );
  if (problem !== undefined) throw new MisconfiguredError(`option cwd: ${cwd} ${problem}`);
}

/**
 * The path of a program: what has a slash is taken from `cwd`, any other name is looked for in PATH, as the system
 * does. Throws a `MisconfiguredError` with the cure where nothing there can be run.
 */
export async function findProgram(
  program: string,
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): Promise<string> {
  const isPath = /[/\\]/.test(program) && (program.includes("/") || process.platform === "win32");
  const path = env["PATH"] ?? "";
  const directories = isPath ? [""] : path.split(delimiter);
  const endings = process.platform === "win32" ? ["", ...(env["PATHEXT"] ?? ".EXE").split(delimiter)] : [""];
  const candidates = directories.flatMap((directory) =>
    endings.map((ending) => resolve(cwd, directory, `${program}${ending}`)),
  );
  let unfit: readonly [place: string, finding: Finding] | undefined;
  for (const place of candidates) {
    const finding = await look(place);
    if (finding === "program") return place;
    if (finding !== "absent") unfit ??= [place, finding];
  }
  if (unfit !== undefined) throw cannotRun(...unfit);
  throw new MisconfiguredError(
    isPath
      ? `command not found: ${candidates[0]} does not exist (ENOENT)`
      : `command not found: ${program} is in no directory of PATH (${path}): give its whole path, or set PATH in the option env`,
    { status: "ENOENT" },
  );
}

async function look(place: string): Promise<Finding> {
  try {
    if ((await stat(place)).isDirectory()) return "directory";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "out of reach" : "absent";
  }
  return access(place, constants.X_OK).then(
    () => "program",
    () => "not executable",
  );
}

function cannotRun(place: string, finding: Finding): MisconfiguredError {
  const cures: Readonly<Partial<Record<Finding, string>>> = {
    directory: "it is a directory",
    "not executable": `it is not executable for the agent's user: chmod +x ${place}`,
    "out of reach": "the agent's user may not search one of its directories: chmod o+x there, or move it",
  };
  return new MisconfiguredError(`cannot run ${place} (EACCES): ${cures[finding]}`, { status: "EACCES" });
}
