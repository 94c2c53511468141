import type { ScheduledEventEntry } from "@forewarn/imds";
import { changedFields } from "./entry.ts";
import { impactOf, namesSelf, selfSoFar, worse } from "./impact.ts";
import { isStarted, type Lifecycle } from "./lifecycle.ts";
import type { NormalizeOptions, Observation } from "./observation.ts";
import type { Phase } from "./phase.ts";

/** What a document that names an event means for it; `phase` is null where nothing happened. */
export interface Step {
  readonly lifecycle: Lifecycle;
  readonly phase: Phase | null;
}

/** Rows 1, 2 and "gone | present" of table 3.1: an event that was unknown, or comes back. */
export function opened(
  entry: ScheduledEventEntry,
  before: Lifecycle | undefined,
  observation: Observation,
  options: NormalizeOptions,
): Step {
  const started = isStarted(entry.eventStatus);
  const affectsSelf = namesSelf(entry, options.selfName);
  const noticeMs = started && observation.continuous ? 0 : null;
  const lifecycle: Lifecycle = {
    eventId: entry.eventId.toLowerCase(),
    occurrence: (before?.occurrence ?? 0) + 1,
    entry,
    wasStarted: started,
    firstSeen: observation.time,
    notBefore: entry.notBefore,
    noticeMs,
    impact: impactOf(entry, affectsSelf),
    affectsSelf,
    approval: "none",
    ids: before?.ids ?? {},
    ...(before?.forgotten === undefined ? {} : { forgotten: before.forgotten }),
    unwatched: null,
    goneAt: null,
  };
  return {
    lifecycle,
    phase: started
      ? { phase: "started", noticeMs, ...(observation.continuous ? {} : { gapMs: observation.gapMs }) }
      : { phase: "scheduled", noticeMs: untilNotBefore(entry, observation) },
  };
}

/** The rows "Scheduled | Scheduled", "Scheduled | Started", "Started | Started" and "Started | Scheduled". */
export function seenAgain(
  entry: ScheduledEventEntry,
  before: Lifecycle,
  observation: Observation,
  options: NormalizeOptions,
): Step {
  const lifecycle = follow(entry, before, options);
  const started = isStarted(entry.eventStatus);
  if (started && !isStarted(before.entry.eventStatus)) {
    const noticeMs = observation.time - before.firstSeen;
    return {
      lifecycle: { ...lifecycle, wasStarted: true, noticeMs: before.wasStarted ? before.noticeMs : noticeMs },
      phase: { phase: "started", noticeMs },
    };
  }
  const changed = changedFields(before.entry, entry);
  if (changed.length === 0) return { lifecycle, phase: null };
  const noticeMs = lifecycle.wasStarted ? lifecycle.noticeMs : untilNotBefore(entry, observation);
  return { lifecycle, phase: { phase: "updated", changed, noticeMs } };
}

function follow(entry: ScheduledEventEntry, before: Lifecycle, options: NormalizeOptions): Lifecycle {
  const affectsSelf = selfSoFar(before, entry, options);
  return {
    ...before,
    entry,
    affectsSelf,
    // A story that was opened at a sink must be closed there too, so impact may rise but never falls.
    impact: worse(before.impact, impactOf(entry, affectsSelf)),
    notBefore: entry.notBefore ?? (isStarted(entry.eventStatus) ? before.notBefore : null),
    unwatched: null,
  };
}

function untilNotBefore(entry: ScheduledEventEntry, observation: Observation): number | null {
  return entry.notBefore === null ? null : entry.notBefore - observation.time;
}
