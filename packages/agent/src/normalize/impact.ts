import type { ScheduledEventEntry } from "@forewarn/imds";
import { atLeast, type Severity } from "@forewarn/sdk";
import type { Lifecycle } from "./lifecycle.ts";
import type { NormalizeOptions } from "./observation.ts";

const severe: ReadonlySet<string> = new Set(["preempt", "terminate", "redeploy", "reboot"]);

/**
 * How bad an event is for this VM: Preempt, Terminate, Redeploy, Reboot = error; Freeze, and a type that is not known
 * yet = warn, info where its duration is 0; events of others = info. While the own name is unknown it may be self.
 */
export function impactOf(entry: ScheduledEventEntry, affectsSelf: boolean | null): Severity {
  if (affectsSelf === false) return "info";
  if (severe.has(entry.eventType.toLowerCase())) return "error";
  return entry.durationSeconds === 0 ? "info" : "warn";
}

/** The worse of two severities. */
export function worse(a: Severity, b: Severity): Severity {
  return atLeast(a, b) ? a : b;
}

/** Whether this VM is among the resources, by `compute.name` in any case; null while the name is unknown. */
export function namesSelf(entry: ScheduledEventEntry, selfName: string | null): boolean | null {
  if (selfName === null) return null;
  const name = selfName.toLowerCase();
  return entry.resources.some((resource) => resource.toLowerCase() === name);
}

/**
 * Whether an occurrence affects this VM, after another entry: true once it was named, else as at the opening, so that
 * a sink that was told of it while the own name was unknown is also told of its end.
 */
export function selfSoFar(
  before: Pick<Lifecycle, "affectsSelf">,
  entry: ScheduledEventEntry,
  { selfName }: Pick<NormalizeOptions, "selfName">,
): boolean | null {
  return namesSelf(entry, selfName) === true ? true : before.affectsSelf;
}
