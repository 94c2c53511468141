import { homedir } from "node:os";
import { resolve } from "node:path";
import { defaultConfigFiles, type User } from "./default-path.ts";
import { reasonOf, tooLarge } from "./document/substitute.ts";
import type { Problem } from "./problems/problem.ts";
import { readText } from "./read-text.ts";
import { zeroConfiguration } from "./zero-configuration.ts";

/** What reading a configuration depends on; every part may be replaced by a test. */
export interface Host extends User {
  /** The directory that relative paths of the command line are taken from. */
  readonly cwd: string;
  /** Reads a file as UTF-8, for the configuration and for `${file:…}`; of this process at most 1 MB. */
  readFile(path: string): Promise<string>;
}

/** A {@link Host} of this process where nothing else is said. */
export function hostOf(given: Partial<Host> = {}): Host {
  return {
    env: given.env ?? process.env,
    platform: given.platform ?? process.platform,
    isRoot: given.isRoot ?? process.getuid?.() === 0,
    home: given.home ?? homedir(),
    cwd: given.cwd ?? process.cwd(),
    readFile: given.readFile ?? readText,
  };
}

/** The text of a configuration file. */
export interface Source {
  /** As it was named, for messages. */
  readonly file: string;
  readonly absolute: string;
  readonly text: string;
  /** The variables of the environment that it was made from, where there is no file. */
  readonly variables?: readonly string[];
}

/** Reads the named configuration file, or the first of the default ones that exists, else what the environment makes. */
export async function readSource(
  named: string | undefined,
  host: Host,
): Promise<Source | { readonly problem: Problem }> {
  const candidates = named === undefined ? defaultConfigFiles(host) : [named];
  const missing: string[] = [];
  for (const file of candidates) {
    const absolute = resolve(host.cwd, file);
    try {
      return { file, absolute, text: await host.readFile(absolute) };
    } catch (error) {
      const isAbsent = (error as { readonly code?: unknown } | null)?.code === "ENOENT";
      // A file that exists and cannot be read must not be passed over for another configuration.
      if (!isAbsent) {
        const reason = reasonOf(error);
        const cure = reason === tooLarge ? "" : "make it readable for this user, or ";
        return {
          problem: problem(file, `it cannot be read: ${reason}`, `${cure}name another with -c FILE`),
        };
      }
      missing.push(file);
    }
  }
  const [first = "forewarn.yaml"] = missing;
  if (named !== undefined)
    return { problem: problem(first, "there is no such file", "check the path given with -c") };
  const message = `there is no configuration: tried ${missing.join(" and ")}`;
  const cure =
    "name one with -c FILE, make one with `forewarn init`, or set FOREWARN_SLACK_WEBHOOK_URL, which needs none";
  const zero = zeroConfiguration(host);
  // Of the path only its directory counts.
  return zero === undefined
    ? { problem: problem(first, message, cure) }
    : { ...zero, absolute: resolve(host.cwd, first) };
}

function problem(file: string, message: string, suggestion: string): Problem {
  return { code: "CONFIG_NOT_FOUND", path: "", file, message, suggestion };
}
