import type { Glance } from "@forewarn/agent";
import type { ImdsClient, InstanceDocument } from "@forewarn/imds";
import type { Problem } from "../config/problems/problem.ts";
import type { Settings } from "../config/settings.ts";
import type { Io } from "../io.ts";
import type { Finding } from "./finding.ts";

/** The machine that is looked at, so that tests can stand in its place. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The text of a file; null where it cannot be read. */
  read(path: string): string | null;
  exists(path: string): boolean;
  /** Epoch milliseconds. */
  now(): number;
  /** As whom this process runs, for an allow-list: `forewarn (uid 998)`. */
  readonly user: string;
  readonly program: string;
}

/** The api-versions of the instance endpoints. */
export interface InstanceVersions {
  /** The one that is asked with unless the host refuses it. */
  readonly wanted: string;
  /** All that the host knows; asked for once. Rejects as the client does. */
  known(): Promise<readonly string[]>;
}

/** What all checks work with. */
export interface Patient {
  readonly client: ImdsClient;
  readonly versions: InstanceVersions;
  /** Where IMDS is asked. */
  readonly endpoint: string;
  readonly machine: Machine;
  readonly io: Io;
  /** The configuration; null where there is none that can be used. */
  readonly settings: Settings | null;
  /** What is wrong with it. */
  readonly problems: readonly Problem[];
  /** Where a running agent would answer; null where it would not. */
  readonly adminUrl: string | null;
  /** The instance document, once it was read; null where IMDS does not give it. */
  instance: InstanceDocument | null;
  /** What the state directory tells, once it was read; null where it tells nothing. */
  stored: Glance | null;
}

/** Looks at one thing, and tells what it finds as it finds it. */
export type Check = (patient: Patient) => AsyncIterable<Finding> | Iterable<Finding>;

/** The api-versions of a client that has asked nothing yet. */
export function versionsOf(client: ImdsClient): InstanceVersions {
  let asked: Promise<readonly string[]> | undefined;
  return { wanted: client.apiVersions().instance, known: () => (asked ??= client.versions()) };
}

/** Azure's address of IMDS, at which alone the route says something. */
export const realAddress = "169.254.169.254";

/** Whether IMDS is asked where Azure has it. */
export function isReal({ endpoint }: Patient): boolean {
  return new URL(endpoint).hostname === realAddress;
}
