import type {
  ApprovalOrigin,
  ScheduledEventData,
  ScheduledEventOutcome,
  ScheduledEventPhase,
  Severity,
} from "@forewarn/sdk";
import { rfc3339 } from "../time/rfc3339.ts";
import type { EventDraft, Urgency } from "./draft.ts";
import { contentHash } from "./entry.ts";
import { giveId } from "./given-ids.ts";
import { isStarted, type Lifecycle } from "./lifecycle.ts";

/** One step in the life of a scheduled event, as table 3.1 of the design names it. */
export interface Phase {
  readonly phase: ScheduledEventPhase;
  readonly noticeMs?: number | null;
  readonly changed?: readonly string[];
  readonly outcome?: ScheduledEventOutcome;
  readonly gapMs?: number | null;
  readonly approval?: ApprovalOrigin;
}

/** When a phase is told, and in which document it was read. */
export interface Telling {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Null where it was read in none. */
  readonly document: { readonly incarnation: number | null } | null;
}

const minute = 60_000;
const opening: ReadonlySet<ScheduledEventPhase> = new Set(["scheduled", "updated", "started"]);

/** Gives a phase its event, and the lifecycle the id that was used up for it. */
export function tell(
  lifecycle: Lifecycle,
  phase: Phase,
  observation: Telling,
): { readonly draft: EventDraft; readonly lifecycle: Lifecycle } {
  const base = idOf(lifecycle, phase.phase);
  const { id, given } = giveId(lifecycle, base);
  const draft: EventDraft = {
    type: `io.forewarn.scheduledevent.${phase.phase}`,
    id,
    time: observation.time,
    severity: severityOf(lifecycle, phase.phase),
    rank: lifecycle.impact,
    subject: lifecycle.eventId,
    affectsSelf: lifecycle.affectsSelf,
    notBefore: lifecycle.notBefore,
    urgency: urgencyOf(lifecycle, phase.phase, observation.time),
    schema: "scheduledevent",
    data: dataOf(lifecycle, phase, observation),
  };
  return { draft, lifecycle: { ...lifecycle, ...given } };
}

function idOf(lifecycle: Lifecycle, phase: ScheduledEventPhase): string {
  const id = `${lifecycle.eventId}:${phase}`;
  return phase === "updated" ? `${id}:${contentHash(lifecycle.entry)}` : id;
}

function severityOf(lifecycle: Lifecycle, phase: ScheduledEventPhase): Severity {
  return opening.has(phase) ? lifecycle.impact : "info";
}

/** Scheduled, updated: until NotBefore, from 15 min before (impact error) or 2 min. Started of self: 2 min from now. */
function urgencyOf(lifecycle: Lifecycle, phase: ScheduledEventPhase, time: number): Urgency | null {
  if (phase === "started") {
    return lifecycle.affectsSelf === false ? null : { from: time, deadline: time + 2 * minute };
  }
  if (!opening.has(phase) || isStarted(lifecycle.entry.eventStatus) || lifecycle.notBefore === null)
    return null;
  const lead = lifecycle.impact === "error" ? 15 * minute : 2 * minute;
  return { from: lifecycle.notBefore - lead, deadline: lifecycle.notBefore };
}

function dataOf(
  lifecycle: Lifecycle,
  { phase, noticeMs, changed, outcome, gapMs, approval }: Phase,
  observation: Telling,
): Omit<ScheduledEventData, "vm" | "simulated"> {
  const { entry } = lifecycle;
  const incarnation = observation.document?.incarnation ?? null;
  return {
    eventId: entry.eventId,
    occurrence: lifecycle.occurrence,
    eventType: entry.eventType,
    status: entry.eventStatus,
    phase,
    eventSource: entry.eventSource,
    resourceType: entry.resourceType,
    resources: [...entry.resources],
    ...(lifecycle.affectsSelf === null ? {} : { affectsSelf: lifecycle.affectsSelf }),
    notBefore: rfc3339(lifecycle.notBefore),
    notBeforeRaw: entry.notBeforeRaw,
    noticeMs: noticeMs === undefined ? lifecycle.noticeMs : noticeMs,
    // Rounded up, since 0 means that nothing is interrupted.
    durationSeconds: entry.durationSeconds === null ? null : Math.ceil(entry.durationSeconds),
    description: entry.description,
    documentIncarnation: Number.isInteger(incarnation) ? incarnation : null,
    impact: lifecycle.impact,
    ...(approval === undefined ? {} : { approval }),
    ...(changed === undefined ? {} : { changed: [...changed] }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(gapMs === undefined || gapMs === null ? {} : { gapMs }),
    ...(entry.extra === undefined ? {} : { extra: { ...entry.extra } }),
  };
}
