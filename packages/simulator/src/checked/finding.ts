/** What can be wrong with something that people write, each code with what it means. */
export const findingCodes = {
  UNREADABLE: "The file does not exist or cannot be read.",
  SYNTAX: "The text is neither YAML 1.2 nor JSON.",
  UNKNOWN_KEY: "Nothing understands this key here.",
  MISSING_KEY: "A key that must be given is absent.",
  WRONG_TYPE: "The value is of another type than asked for.",
  BAD_CHOICE: "The value is none of the choices.",
  BAD_DURATION: "A duration without a unit, or with an unknown one.",
  BAD_VALUE: "The value has the right type and the wrong form.",
  UNKNOWN_NAME: "The value names something that does not exist.",
} as const;

/** One of {@link findingCodes}. */
export type FindingCode = keyof typeof findingCodes;

/** A key or index for each step from the root to a value. */
export type Path = readonly (string | number)[];

/** Something that a person must correct. */
export interface Finding {
  readonly code: FindingCode;
  readonly path: Path;
  /** Whether the key or the value is meant. */
  readonly at: "key" | "value";
  /** One sentence without a full stop: what is wrong, with the place's name in it. */
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly cure?: string;
}

/** A path as people write it: `steps[0].update.event`; `whole` for the root. */
export function nameOf(path: Path, whole: string): string {
  if (path.length === 0) return whole;
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");
}

/** A value as a message quotes it, cut off where it is long. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
