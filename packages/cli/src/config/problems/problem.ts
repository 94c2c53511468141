import type { Pointer } from "../pointer.ts";

/** What a code means, and what to do about it. */
export interface CodeMeaning {
  readonly means: string;
  readonly cure: string;
}

/** Every code of a {@link Problem}: stable, searchable, the source of docs/errors.md and of `forewarn explain`. */
export const problemCodes = {
  CONFIG_NOT_FOUND: {
    means: "There is no configuration file where one was looked for, or it cannot be read.",
    cure: "Name it with `-c FILE`, make one with `forewarn init`, or set FOREWARN_SLACK_WEBHOOK_URL, which needs none. A file that exists must be readable for the user that runs forewarn.",
  },
  CONFIG_SYNTAX: {
    means: "The file is neither YAML 1.2 nor JSON.",
    cure: "Correct the text at the caret: mostly a missing quote, a tab, or indentation. Until then nothing else in the file can be judged.",
  },
  CONFIG_DUPLICATE_KEY: {
    means: "A key stands twice in one map.",
    cure: "Remove one of the two: YAML does not say which of them would count.",
  },
  CONFIG_BAD_REFERENCE: {
    means: "A `${…}` is not one of the forms of a reference.",
    cure: "Write `${env:NAME}`, `${env:NAME:-default}` or `${file:/path}`; a plain `${` is written `$${`.",
  },
  CONFIG_ENV_NOT_SET: {
    means: "A reference names an environment variable that is not set.",
    cure: "Set it for the agent's process (in a systemd unit `Environment=` or `EnvironmentFile=`), or give a default: `${env:NAME:-default}`.",
  },
  CONFIG_FILE_UNREADABLE: {
    means: "A reference names a file that cannot be read.",
    cure: "Correct the path, which is taken from the directory of the configuration file, or make the file readable for the user that runs forewarn.",
  },
  CONFIG_BAD_TLS: {
    means: "A file of a sink's `tls` cannot be read, or does not hold what it should.",
    cure: "Give paths of PEM files; `cert` and `key` must belong together.",
  },
  CONFIG_UNKNOWN_KEY: {
    means: "Nothing understands this key here.",
    cure: "Correct its spelling or its place: what the agent understands stands beside `options`, what a sink understands inside. Nothing unknown is ever passed over.",
  },
  CONFIG_MISSING_KEY: {
    means: "A key that must be given is absent.",
    cure: "Add it; the help of the message says what it is.",
  },
  CONFIG_WRONG_TYPE: {
    means: "The value is of another type than asked for.",
    cure: "Put a text that looks like a number or `true` in quotes, and take a number out of them.",
  },
  CONFIG_BAD_CHOICE: {
    means: "The value is none of the choices.",
    cure: "Write one of those that the message lists, in their case.",
  },
  CONFIG_BAD_DURATION: {
    means: "A duration without a unit, or with an unknown one.",
    cure: "Write a number and ms, s, m, h or d: `250ms`, `1s`, `15m`, `30d`.",
  },
  CONFIG_BAD_SIZE: {
    means: "A size without a unit, or with an unknown one.",
    cure: "Write a number and B, kB, MB or GB: `64kB`, `10MB`.",
  },
  CONFIG_BAD_VALUE: {
    means: "The value has the right type and the wrong form, or does not go with another one.",
    cure: "Correct it as the message says. What a sink says of its own options has this code, too.",
  },
  CONFIG_OUT_OF_RANGE: {
    means: "The value is too small or too large.",
    cure: "Choose one between the limits that the message names.",
  },
  CONFIG_NO_SINKS: {
    means: "No sink is configured, so that no event would go anywhere.",
    cure: "Add one below `sinks`; `forewarn init` writes a configuration that has one, `forewarn sinks` lists what there is.",
  },
  CONFIG_BAD_SINK_NAME: {
    means: "A sink's name has other characters than a-z, 0-9 and -, or more than 63.",
    cure: "Choose another name. It is the sink's identity: events that wait belong to it.",
  },
  CONFIG_BAD_SINK_TYPE: {
    means: "A sink's type is neither a name, nor a package, nor a path.",
    cure: "Write a name such as `slack`, a package such as `@acme/pager`, or a path such as `./my-sink.ts`.",
  },
  CONFIG_SINK_NOT_FOUND: {
    means: "The package or file of a sink's type does not exist.",
    cure: "Install the package where forewarn is installed or beside the configuration, or correct the path, which is taken from the configuration's directory.",
  },
  CONFIG_SINK_IMPORT_FAILED: {
    means: "The module of a sink's type cannot be loaded.",
    cure: "Correct its code: the message is what Node said. Try `node FILE`.",
  },
  CONFIG_SINK_TYPESCRIPT: {
    means: "Node cannot run the TypeScript of a sink as it is.",
    cure: "Node only strips types: write no enum, namespace or parameter property, end imports in `.ts`, and ship JavaScript in packages.",
  },
  CONFIG_SINK_NO_EXPORT: {
    means: "The module of a sink's type exports no sink.",
    cure: "Export what defineSink returns, or one function: `export default async (event, context) => { … }`.",
  },
  CONFIG_SINK_API_VERSION: {
    means: "A sink was made for another version of the contract.",
    cure: "Install the version of the sink or of forewarn that the message names.",
  },
  CONFIG_SINK_BROKEN: {
    means: "A sink's own declaration is wrong: its options, batch or concurrency.",
    cure: "Its author must correct it; `@forewarn/testkit` would have found it.",
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

/** One of {@link problemCodes}. */
export type ProblemCode = keyof typeof problemCodes;

/** Something that is said about a place of a configuration; no secret value is ever part of it. */
export interface Notice<Code extends string> {
  readonly code: Code;
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

/** Something in a configuration that a person must correct. */
export type Problem = Notice<ProblemCode>;

/** What a finder of problems knows before its place in the file is looked up. */
export type Finding = Pick<Problem, "code" | "message" | "suggestion">;

/** A finding and the value of the document that it concerns. */
export type PlacedFinding = Placed<ProblemCode>;

/** What is to be said of a value of the document. */
export interface Placed<Code extends string> extends Pick<
  Notice<Code>,
  "code" | "message" | "suggestion" | "path"
> {
  /** Whether the key, the value, or nothing in the file is meant; the key stands for a value that was not written. */
  readonly at: "key" | "value" | "elsewhere";
}

/** Problems or warnings by their place in the file, each once. */
export function sortProblems<Code extends string>(
  problems: readonly Notice<Code>[],
): readonly Notice<Code>[] {
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
