import { randomBytes } from "node:crypto";

/** A secret that is looked for wherever it must not be. */
export interface Canary {
  /** What it is the secret of. */
  readonly name: string;
  /** As it is given to the program. */
  readonly value: string;
}

/** Canaries by name, each made when first asked for. */
export interface Canaries {
  /** A text of letters and digits. */
  of(name: string): string;
  /** A secret of Standard Webhooks: `whsec_` and Base64. */
  webhookSecret(name: string): string;
  /** The names of those that a text or file holds, in clear, in Base64, in hex or as part of a URL. */
  foundIn(content: string | Buffer): readonly string[];
  /** Those that were given to the program, for the environment of a process. */
  readonly all: readonly Canary[];
}

/** Makes canaries that nothing else looks like. */
export function createCanaries(): Canaries {
  const made = new Map<string, Canary>();
  const make = (name: string, value: () => string) => {
    const canary = made.get(name) ?? { name, value: value() };
    made.set(name, canary);
    return canary.value;
  };
  return {
    of: (name) => make(name, () => `canary${randomBytes(13).toString("hex")}`),
    webhookSecret: (name) => `whsec_${make(name, () => randomBytes(32).toString("base64"))}`,
    foundIn(content) {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      return [...made.values()]
        .filter(({ value }) => formsOf(value).some((form) => bytes.includes(form)))
        .map(({ name }) => name);
    },
    get all() {
      return [...made.values()];
    },
  };
}

/** A part is enough: nobody should see half a secret. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  // Base64 of a text depends on where it begins.
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .slice(shift + 2, -4),
  );
  return [
    value,
    value.slice(0, 20),
    value.slice(-20),
    encodeURIComponent(value),
    bytes.toString("hex"),
    ...shifted,
  ];
}
