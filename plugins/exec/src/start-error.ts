import { open } from "node:fs/promises";
import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import type { Command } from "./command.ts";

const cures: ReadonlyMap<string, string> = new Map([
  ["EACCES", "the agent's user may not execute it or its interpreter, or its file system is mounted noexec"],
  ["EPERM", "the system forbids the agent's user to execute it"],
  ["ENOEXEC", "it is no program of this system, nor a script whose first line is like #!/bin/sh"],
  ["E2BIG", "the arguments and the option env together are larger than the system allows"],
  ["ELOOP", "its path is a symbolic link that leads to itself"],
  ["ENAMETOOLONG", "its path is too long"],
  ["ELIBBAD", "one of its libraries is damaged"],
]);

/** Why a command that is there could not be started: a person must act, with the cure, else try again. */
export async function startError({ name, program }: Command, error: unknown): Promise<unknown> {
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === undefined || !syscall.startsWith("spawn") || typeof code !== "string") return error;
  const details = { status: code, cause: error };
  const cure = code === "ENOENT" ? await missingInterpreter(program) : cures.get(code);
  return cure === undefined
    ? new RetryError(`cannot start ${name} (${code})`, details)
    : new MisconfiguredError(`cannot run ${program} (${code}): ${cure}`, details);
}

/** The system says "not found" of a script that it has found, but whose interpreter it has not. */
async function missingInterpreter(program: string): Promise<string> {
  const line = await firstLine(program).catch(() => "");
  if (!line.startsWith("#!"))
    return "it, or the loader that it needs, is missing: was it built for another system?";
  if (line.includes("\r")) {
    return "its lines end as on Windows (CRLF), so the system looks for an interpreter with a carriage return in its name: dos2unix it";
  }
  return `the interpreter in its first line does not exist: ${line}`;
}

async function firstLine(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
  return buffer.toString("utf8", 0, bytesRead).split("\n")[0] ?? "";
}
