import { type DeliveryError, MisconfiguredError, RejectError, RetryError } from "@forewarn/sdk";
import type { Ending } from "./run.ts";

/** `EX_TEMPFAIL` of sysexits.h: a failure that passes. */
const temporaryFailure = 75;

/** What shells and env(1) answer where a program could not be run (POSIX.1-2024, Shell Command Language, 2.8.2). */
const [notExecutable, notFound] = [126, 127];

/** Whether a command says that another one, which it needs, could not be run: something that only a new run can see mended. */
export function lacksProgram({ code }: Ending): boolean {
  return code === notExecutable || code === notFound;
}

/** The error to throw for the way a command ended; undefined where it ended with 0. `tail` is the end of what it said. */
export function errorOf(name: string, ending: Ending, tail: string): DeliveryError | undefined {
  const { code, signal } = ending;
  if (code === 0) return undefined;
  const details = { status: code ?? signal ?? "unknown", ...(tail === "" ? {} : { excerpt: tail }) };
  const last = tail.slice(tail.lastIndexOf("\n") + 1).slice(0, 300);
  const said = last === "" ? "" : `: ${last}`;
  // A signal comes from outside, mostly: the kernel out of memory, a shutdown, a person. It says nothing of the event.
  if (code === null) return new RetryError(`${name} was ended by ${signal}${said}`, details);
  const ended = `${name} ended with exit code ${code}`;
  if (code === temporaryFailure) return new RetryError(`${ended}, to be run again${said}`, details);
  if (lacksProgram(ending)) {
    const what = code === notFound ? "was not found: check PATH" : "is not executable";
    return new MisconfiguredError(`${ended}: a program that it needs ${what}${said}`, details);
  }
  return new RejectError(`${ended}${said}`, details);
}
