import type { CodeMeaning } from "../config/problems/problem.ts";

/** What can be wrong with a file that the simulator plays; a test holds it to the simulator's own list. */
const findings = {
  UNREADABLE: {
    means: "The file does not exist or cannot be read.",
    cure: "Correct the path, or make it readable. `forewarn simulate --list` names the scenarios that need no file.",
  },
  SYNTAX: {
    means: "The text is neither YAML 1.2 nor JSON.",
    cure: "Correct the text at the caret: mostly a missing quote, a tab, or indentation.",
  },
  UNKNOWN_KEY: { means: "Nothing understands this key here.", cure: "Correct its spelling or its place." },
  MISSING_KEY: { means: "A key that must be given is absent.", cure: "Add it." },
  WRONG_TYPE: {
    means: "The value is of another type than asked for.",
    cure: "Put a text that looks like a number or `true` in quotes, and take a number out of them.",
  },
  BAD_CHOICE: { means: "The value is none of the choices.", cure: "Take one of those that are named." },
  BAD_DURATION: {
    means: "A duration without a unit, or with an unknown one.",
    cure: "Write it like `500ms`, `10s`, `15m`, `1h` or `1d`.",
  },
  BAD_VALUE: {
    means: "The value has the right type and the wrong form.",
    cure: "The message says which form it must have.",
  },
  UNKNOWN_NAME: {
    means: "The value names something that the file does not have.",
    cure: "Name an event or a VM of the file as it is written there.",
  },
} satisfies Readonly<Record<string, CodeMeaning>>;

/** The codes of scenario files and recordings: SCENARIO_SYNTAX, RECORDING_SYNTAX, … */
export const simulatorCodes: Readonly<Record<string, CodeMeaning>> = Object.fromEntries(
  ["SCENARIO", "RECORDING"].flatMap((kind) =>
    Object.entries(findings).map(([code, meaning]) => [`${kind}_${code}`, meaning]),
  ),
);
