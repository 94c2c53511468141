import type { AttestedCheck, AttestedCheckName } from "./attested-check.ts";
import type { AttestedPayload } from "./attested-payload.ts";

/**
 * Thrown for a document that does not deserve trust: its message names the first check that failed and why; branch on
 * `code`, never on the message.
 */
export class AttestedDocumentError extends Error {
  override readonly name = "AttestedDocumentError";
  /** The first check that failed. */
  readonly code: AttestedCheckName;
  /** Every check that could be made, also those after the one that failed. */
  readonly checks: readonly AttestedCheck[];
  /** What the document says, if it could be read: nobody vouches for it. */
  declare readonly unverified?: AttestedPayload;

  constructor(checks: readonly AttestedCheck[], unverified: AttestedPayload | undefined) {
    const failed = checks.find(({ ok }) => !ok);
    super(`The attested document is not to be trusted (${failed?.name}): ${failed?.detail}`);
    this.code = failed?.name ?? "format";
    this.checks = checks;
    if (unverified !== undefined) this.unverified = unverified;
  }
}
