import type { Lifecycle } from "./lifecycle.ts";
import type { NormalizeOptions, Observation } from "./observation.ts";
import type { Phase } from "./phase.ts";

const restarting: ReadonlySet<string> = new Set(["reboot", "redeploy"]);

/** How an event ended that a document no longer names: the rows "absent" of table 3.1, read top down. */
export function ending(lifecycle: Lifecycle, observation: Observation, options: NormalizeOptions): Phase {
  const { unwatched } = lifecycle;
  const gapMs = unwatched?.gapMs ?? null;
  if (lifecycle.wasStarted) return { phase: "completed", gapMs };
  if (lifecycle.approval !== "none") return { phase: "ended", outcome: "removed-after-approval", gapMs };
  if (unwatched !== null) {
    const restarted =
      unwatched.rebooted &&
      lifecycle.affectsSelf === true &&
      restarting.has(lifecycle.entry.eventType.toLowerCase());
    return restarted
      ? { phase: "completed", outcome: "machine-restarted", gapMs }
      : { phase: "ended", outcome: "not-observed", gapMs };
  }
  if (lifecycle.notBefore === null) return { phase: "ended", outcome: "notbefore-unknown" };
  return observation.time < lifecycle.notBefore - options.notBeforeToleranceMs
    ? { phase: "canceled", outcome: "removed-before-start" }
    : { phase: "ended", outcome: "removed-after-notbefore" };
}
