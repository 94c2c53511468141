import type { ImdsError } from "./imds-error.ts";
import type { Settings } from "./options.ts";
import type { Family } from "./resource-path.ts";

/** Everything that has an api-version. */
export type VersionedFamily = Exclude<Family, "versions">;

/** Which api-version each family is asked with: the one from the options, or what the host offered instead. */
export interface ApiVersions {
  /** The one to ask with now. */
  of(family: VersionedFamily): string;
  /** Says that a request with this version was answered well. */
  accepted(family: VersionedFamily, version: string): void;
  /** The version to ask with instead, from now on; undefined where the error cannot be about the version. */
  instead(refusal: Refusal): string | undefined;
  /** All of them as they are now. */
  all(): Readonly<Record<VersionedFamily, string>>;
}

/** A request that was answered with an error. */
export interface Refusal {
  readonly family: VersionedFamily;
  readonly version: string;
  /** Whether it was for a whole document, to which nothing but the version can be wrong. */
  readonly whole: boolean;
  readonly error: Pick<ImdsError, "newestVersions" | "status">;
}

/** A host may be upgraded, or the VM moved to a newer one: the version from the options is tried again this often, which costs one request where it is still unknown. */
const TRY_AGAIN_AFTER_MS = 6 * 3_600_000;

/**
 * Versions to try one after the other where a host refuses the first question of all without saying what it knows: for
 * instances those on which cloud-init falls back, for Scheduled Events all there are (Azure docs: Scheduled Events,
 * "Version and region availability"). The 400 of other families has other reasons, like an identity that is not there.
 */
const LADDERS: Readonly<Partial<Record<VersionedFamily, readonly string[]>>> = {
  instance: ["2021-08-01", "2019-06-01"],
  scheduledEvents: ["2019-08-01", "2019-04-01", "2019-01-01", "2017-11-01", "2017-08-01"],
};

interface Known {
  readonly preferred: string;
  current: string;
  /** When another than the preferred one became the current one. */
  since: number;
  accepted: string | undefined;
}

/** The newest of those offered that is not newer than the preferred one, since its fields are known; else the oldest. */
const closest = (offered: readonly string[], preferred: string, refused: string): string | undefined => {
  const ascending = offered.filter((version) => version !== refused).toSorted();
  return ascending.findLast((version) => version <= preferred) ?? ascending[0];
};

/** Nothing is known of the host yet. */
export const createApiVersions = ({
  apiVersions,
  now,
}: Pick<Settings, "apiVersions" | "now">): ApiVersions => {
  const entries = Object.entries(apiVersions) as readonly (readonly [VersionedFamily, string])[];
  const families = Object.fromEntries(
    entries.map(([family, preferred]): [string, Known] => [
      family,
      { preferred, current: preferred, since: 0, accepted: undefined },
    ]),
  ) as Readonly<Record<VersionedFamily, Known>>;

  const use = (known: Known, version: string): string => {
    known.current = version;
    known.since = now();
    return version;
  };

  const otherThan = ({ family, version, whole, error }: Refusal): string | undefined => {
    const { preferred, accepted } = families[family];
    if (error.newestVersions !== undefined) return closest(error.newestVersions, preferred, version);
    if (error.status !== 400) return undefined;
    // Without a list it may be about anything but a version that was taken before.
    if (accepted !== undefined) return accepted;
    const ladder = whole ? LADDERS[family] : undefined;
    return ladder && (ladder.find((older) => older < version) ?? preferred);
  };

  return {
    of(family) {
      const known = families[family];
      const long = Math.abs(now() - known.since) >= TRY_AGAIN_AFTER_MS;
      return known.accepted !== undefined && long ? known.preferred : known.current;
    },
    accepted(family, version) {
      const known = families[family];
      known.accepted = version;
      known.current = version;
    },
    instead(refusal) {
      const other = otherThan(refusal);
      return other === undefined || other === refusal.version
        ? undefined
        : use(families[refusal.family], other);
    },
    all: () =>
      Object.fromEntries(entries.map(([family]) => [family, families[family].current])) as Record<
        VersionedFamily,
        string
      >,
  };
};
