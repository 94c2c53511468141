import { ImdsError } from "./imds-error.ts";

/** The parts of IMDS that have an api-version of their own; "versions" has none. */
export type Family = "instance" | "scheduledEvents" | "attested" | "identity" | "loadBalancer" | "versions";

/** A path below `/metadata` with the query that was written behind it. */
export interface ResourcePath {
  /** E.g. `/metadata/instance/compute`: no query, no slash at the end. */
  readonly path: string;
  readonly family: Family;
  readonly query: URLSearchParams;
}

const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ["scheduledevents", "scheduledEvents"],
  ["attested", "attested"],
  ["identity", "identity"],
  ["loadbalancer", "loadBalancer"],
  ["versions", "versions"],
]);

// The Guest Proxy Agent refuses traversal and signs the plain path, so nothing that would need an escape is let through.
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/;

/**
 * Reads a path as people write it (`instance/compute`, `/metadata/instance?format=text`); throws an `ImdsError` of code
 * `invalid-argument` for one that IMDS cannot have.
 */
export const readResourcePath = (written: string): ResourcePath => {
  const [beforeQuery = "", ...rest] = written.split("?");
  const segments = beforeQuery.replace(/^\/*(metadata(?=\/|$))?\/?|\/$/g, "").split("/");
  const first = segments[0] ?? "";
  if (!segments.every((segment) => SEGMENT.test(segment)) || written.includes("#")) {
    throw new ImdsError(
      `${JSON.stringify(written)} is no path of IMDS: write it like "instance/compute/tagsList", with letters, digits and . _ ~ - between the slashes.`,
      { code: "invalid-argument", retryable: false, path: written },
    );
  }
  return {
    path: `/metadata/${segments.join("/")}`,
    family: FAMILIES.get(first.toLowerCase()) ?? "instance",
    query: new URLSearchParams(rest.join("?")),
  };
};
