/** What is checked of an attested document, in this order; the README says what each demands. */
export type AttestedCheckName =
  "format" | "signature" | "certificate-name" | "chain" | "validity" | "payload" | "nonce" | "lifetime";

/** The outcome of one check, with a sentence that says what was found. */
export interface AttestedCheck {
  readonly name: AttestedCheckName;
  readonly ok: boolean;
  readonly detail: string;
}

/** Thrown by the parts of a check: the sentence that says why it failed. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
}

/** A check that passed, and what it gave. */
export interface Passed<T> {
  readonly value: T;
  readonly detail: string;
}

/** Gathers the outcomes of checks. */
export interface CheckList {
  readonly checks: readonly AttestedCheck[];
  /** Runs one check; undefined when it failed, whatever it threw. */
  run<T>(name: AttestedCheckName, check: () => Passed<T> | Promise<Passed<T>>): Promise<T | undefined>;
}

/** An empty list. */
export const createCheckList = (): CheckList => {
  const checks: AttestedCheck[] = [];
  return {
    checks,
    async run(name, check) {
      try {
        const { value, detail } = await check();
        checks.push({ name, ok: true, detail });
        return value;
      } catch (error) {
        checks.push({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
        return undefined;
      }
    },
  };
};
