import { type Static, Type } from "typebox";
import { Choice, type EventOf, Nullable, Vm } from "./event.ts";
import { severities } from "./severity.ts";

/** The phases of a scheduled event's life, as Forewarn tells them. */
export const phases = [
  "scheduled",
  "updated",
  "approved",
  "started",
  "completed",
  "canceled",
  "ended",
] as const;

/** One of {@link phases}. */
export type ScheduledEventPhase = (typeof phases)[number];

/** Why an event that Azure no longer names is believed to be over. */
export const outcomes = [
  "removed-after-approval",
  "removed-before-start",
  "removed-after-notbefore",
  "notbefore-unknown",
  "not-observed",
  "machine-restarted",
] as const;

/** One of {@link outcomes}. */
export type ScheduledEventOutcome = (typeof outcomes)[number];

/** Who let a scheduled event start before its time. */
export const ApprovalOrigin = Type.Object(
  {
    by: Choice(
      ["policy", "command"],
      "`policy`: `approve` in the configuration. `command`: a person, with `forewarn approve`.",
    ),
    rule: Type.Optional(
      Type.String({ description: "policy: what it asked for, such as `after drain` or `User events`." }),
    ),
    user: Type.Optional(Type.String({ description: "command: who ran it, as the system says." })),
  },
  { description: "approved: who told Azure that the event may start now." },
);

/** Who let a scheduled event start before its time. */
export type ApprovalOrigin = Static<typeof ApprovalOrigin>;

/** What a scheduled event's event carries. */
export const ScheduledEventData = Type.Object({
  eventId: Type.String({ minLength: 1, description: "Azure's EventId, as sent." }),
  occurrence: Type.Integer({
    minimum: 1,
    description: "2 or more where this EventId had gone and came back.",
  }),
  eventType: Type.String({
    description: "`Freeze`, `Reboot`, `Redeploy`, `Preempt`, `Terminate`, or one to come.",
  }),
  status: Type.String({ description: "Azure's EventStatus in the last document that named it." }),
  phase: Choice(phases, "The same as the last part of the event's type."),
  eventSource: Nullable(Type.String(), "`Platform` or `User`: who caused it."),
  resourceType: Type.String({ description: "`VirtualMachine`." }),
  resources: Type.Array(Type.String(), { description: "The names of all VMs that it affects." }),
  affectsSelf: Type.Optional(
    Type.Boolean({
      description:
        "Whether the observing VM is, or during this occurrence was, among `resources`; absent while its name is unknown.",
    }),
  ),
  notBefore: Nullable(
    Type.String({ format: "date-time" }),
    "Azure starts it no sooner (unless approved); the last known one after Started.",
  ),
  notBeforeRaw: Type.String({ description: "NotBefore as Azure sent it." }),
  noticeMs: Nullable(
    Type.Integer(),
    "Time to act. Scheduled, updated: from `time` to NotBefore. Later phases: from first seen to started, null if the start was not observed.",
  ),
  durationSeconds: Nullable(Type.Integer(), "Expected interruption; 0 = none, null = Azure does not say."),
  description: Type.String({ description: "Azure's text, may be empty." }),
  documentIncarnation: Nullable(Type.Integer(), "DocumentIncarnation of the answer it was read from."),
  impact: Choice(
    severities,
    "How bad the event is for the observing VM; it never falls within one occurrence.",
  ),
  changed: Type.Optional(Type.Array(Type.String(), { description: "updated: the fields that changed." })),
  approval: Type.Optional(ApprovalOrigin),
  outcome: Type.Optional(Choice(outcomes, "Inferred: why it is believed to be over. Azure does not say.")),
  gapMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        "For how long nothing was seen before this observation: more than 5 poll intervals and more than 10 s, or less where the agent did not run or had told `imds.unreachable`. A suspension of the machine counts, and a clock that was set forward looks like one.",
    }),
  ),
  simulated: Type.Optional(Type.Boolean({ description: "True where a simulator, not Azure, said so." })),
  extra: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "Fields of Azure's that Forewarn does not know.",
    }),
  ),
  vm: Vm,
});

/** What a scheduled event's event carries. */
export type ScheduledEventData = Static<typeof ScheduledEventData>;

/** One phase in the life of a scheduled event. */
export type ScheduledEvent = EventOf<`io.forewarn.scheduledevent.${ScheduledEventPhase}`, ScheduledEventData>;

/** When each phase is told; the table of `docs/events.md`. */
export const phaseSummaries: Readonly<Record<ScheduledEventPhase, string>> = {
  scheduled: "Azure announced it.",
  updated: "Azure changed it: time, VMs, type, or back from Started.",
  approved: "This VM told Azure that it may start now, and Azure accepted that.",
  started: "Azure reports that it has started.",
  completed: "It had started and is gone, or the VM was restarted by it while nobody watched.",
  canceled: "It is gone before it could start (inferred).",
  ended: "It is gone and nobody saw it start; `outcome` says what is known.",
};
