import type { CodeMeaning, Notice, Placed } from "./problem.ts";

/** Every code of a {@link Warning} with what it means. */
export const warningCodes = {
  CONFIG_LITERAL_SECRET: {
    means:
      "A secret is written in the file: whoever can read the file, its backups or its history in git has it.",
    cure: "Put it into an environment variable or a file of its own, and write `${env:NAME}` or `${file:/run/secrets/name}`.",
  },
  CONFIG_UNKNOWN_ATTRIBUTE: {
    means: "A filter names an attribute that no event of Forewarn has, so that it never matches.",
    cure: "Correct its name: the attributes are listed in docs/events.md; what is inside `data` cannot be filtered.",
  },
  CONFIG_UNKNOWN_TYPE: {
    means:
      "`when` or `approve` names a type that no known event has, so that nothing is chosen by it: a sink stays silent, or nothing is approved.",
    cure: "Correct its name: `when.types` has the types of docs/events.md, with `io.forewarn.`; `eventTypes` has Azure's, such as `Reboot`. A type that Azure has only just begun to send may stay.",
  },
  CONFIG_TLS_WARNING: {
    means: "A certificate of a sink's `tls` will soon not be valid any longer, or is not valid yet.",
    cure: "Renew it. The files are read again when they change.",
  },
  CONFIG_PROXY_VARIABLE: {
    means:
      "A proxy variable of the environment cannot be understood: sinks that would use it will be paused.",
    cure: "Correct the variable, or give each sink a `proxy` of its own.",
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

/** One of {@link warningCodes}. */
export type WarningCode = keyof typeof warningCodes;

/** Something in a configuration that can be used, and that a person should know. */
export type Warning = Notice<WarningCode>;

/** A warning and the value of the document that it concerns. */
export type PlacedWarning = Placed<WarningCode>;

/** A warning in one sentence, without its place. */
export function warningText({ message, suggestion }: Warning): string {
  return suggestion === undefined ? message : `${message}; ${suggestion}`;
}

/** Where a warning belongs: `forewarn.yaml:3:12`. */
export function placeText({ file, line, column }: Warning): string {
  return line === undefined ? file : `${file}:${line}:${column ?? 1}`;
}
