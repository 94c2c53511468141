import { matchesAny } from "@forewarn/sdk";
import type { MetadataSettings } from "../settings.ts";
import { isMap, type Machine, partAt } from "./machine.ts";
import { secretRule, withoutSecrets } from "./redaction.ts";

/** What of a machine may be known to others. */
export interface Rules {
  /** The same for the same rules. */
  readonly fingerprint: string;
  /** Without secrets and without the tags that are left out; doing it twice does nothing more. */
  apply(machine: Machine): Machine;
}

/** The rules of a configuration. */
export function createRules({ redact, tags }: Pick<MetadataSettings, "redact" | "tags">): Rules {
  const isSecret = secretRule(redact);
  const isWanted = matchesAny(tags.include);
  const isUnwanted = matchesAny(tags.exclude);

  return {
    fingerprint: JSON.stringify([redact, tags.include, tags.exclude]),
    apply(machine) {
      const open = withoutSecrets(machine, isSecret);
      const compute = partAt(open, "compute");
      const found = partAt(open, "compute", "tags");
      if (!isMap(compute) || !isMap(found)) return open;
      const chosen = Object.entries(found).filter(([name]) => isWanted(name) && !isUnwanted(name));
      return { ...open, compute: { ...compute, tags: Object.fromEntries(chosen) } };
    },
  };
}
