import type { Pointer } from "./pointer.ts";

/** Every code of a {@link Problem} with what it means: stable, searchable, the source of the documentation's table. */
export const problemCodes = {
  CONFIG_NOT_FOUND: "There is no configuration file where one was looked for, or it cannot be read.",
  CONFIG_SYNTAX: "The file is neither YAML 1.2 nor JSON.",
  CONFIG_DUPLICATE_KEY: "A key stands twice in one map.",
  CONFIG_BAD_REFERENCE: "A `${…}` is not one of the forms of a reference.",
  CONFIG_ENV_NOT_SET: "A reference names an environment variable that is not set.",
  CONFIG_FILE_UNREADABLE: "A reference names a file that cannot be read.",
  CONFIG_BAD_TLS: "A file of a sink's `tls` cannot be read, or does not hold what it should.",
  CONFIG_UNKNOWN_KEY: "Nothing understands this key here.",
  CONFIG_MISSING_KEY: "A key that must be given is absent.",
  CONFIG_WRONG_TYPE: "The value is of another type than asked for.",
  CONFIG_BAD_CHOICE: "The value is none of the choices.",
  CONFIG_BAD_DURATION: "A duration without a unit, or with an unknown one.",
  CONFIG_BAD_SIZE: "A size without a unit, or with an unknown one.",
  CONFIG_BAD_VALUE: "The value has the right type and the wrong form.",
  CONFIG_OUT_OF_RANGE: "The value is too small or too large.",
  CONFIG_NO_SINKS: "No sink is configured, so that no event would go anywhere.",
  CONFIG_BAD_SINK_NAME: "A sink's name has other characters than a-z, 0-9 and -, or more than 63.",
  CONFIG_BAD_SINK_TYPE: "A sink's type is neither a name, nor a package, nor a path.",
  CONFIG_SINK_NOT_FOUND: "The package or file of a sink's type does not exist.",
  CONFIG_SINK_IMPORT_FAILED: "The module of a sink's type cannot be loaded.",
  CONFIG_SINK_TYPESCRIPT: "Node cannot run the TypeScript of a sink as it is.",
  CONFIG_SINK_NO_EXPORT: "The module of a sink's type exports no sink.",
  CONFIG_SINK_API_VERSION: "A sink was made for another version of the contract.",
  CONFIG_SINK_BROKEN: "A sink's own declaration is wrong: its options, batch or concurrency.",
} as const;

/** One of {@link problemCodes}. */
export type ProblemCode = keyof typeof problemCodes;

/** Something in a configuration that a person must correct; no secret value is ever part of it. */
export interface Problem {
  readonly code: ProblemCode;
  /** Which value is concerned. */
  readonly path: Pointer;
  readonly file: string;
  /** From 1; absent where the problem is of the file itself. */
  readonly line?: number;
  /** From 1, in UTF-16 code units as editors count them; absent with `line`. */
  readonly column?: number;
  /** How many characters of that line are meant, at least 1; absent with `line`. */
  readonly length?: number;
  /** One sentence, without a full stop. */
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly suggestion?: string;
}

/** What a finder of problems knows before its place in the file is looked up. */
export type Finding = Pick<Problem, "code" | "message" | "suggestion">;

/** A finding and the value of the document that it concerns. */
export interface PlacedFinding extends Finding {
  readonly path: Pointer;
  /** Whether the key or the value is meant; the key stands for a value that was not written. */
  readonly at: "key" | "value";
}

/** Problems by their place in the file, each once. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const sorted = [...problems].sort(
    (a, b) =>
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
  const seen = new Set<string>();
  return sorted.filter((problem) => {
    // An alias brings one place of the file under several paths; it is to be corrected once.
    const key = JSON.stringify([problem.line, problem.column, problem.code, problem.message]);
    return !seen.has(key) && seen.add(key);
  });
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
