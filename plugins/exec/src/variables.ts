import { type Batch, type ForewarnEvent, isScheduledEvent } from "@forewarn/sdk";

/** What the variables of one run are made of. */
export interface Occasion {
  readonly event: ForewarnEvent;
  readonly batch: Pick<Batch, "attempt" | "late" | "replayed">;
  /** The sink's name in the configuration. */
  readonly sink: string;
  /** When this run begins, epoch milliseconds. */
  readonly now: number;
}

type Value = string | number | boolean | null | undefined;

/** One variable of the environment. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly value: (occasion: Occasion) => Value;
}

const variable = (name: string, meaning: string, value: Variable["value"]): Variable => ({
  name: `FOREWARN_${name}`,
  meaning,
  value,
});

const ofScheduled = (
  name: string,
  meaning: string,
  value: (data: ScheduledData, occasion: Occasion) => Value,
): Variable =>
  variable(name, meaning, (occasion) =>
    isScheduledEvent(occasion.event) ? value(occasion.event.data, occasion) : undefined,
  );

type ScheduledData = Extract<ForewarnEvent, { readonly data: { readonly eventId: string } }>["data"];

/** The variables that mean something for every event; the first table of the README. */
export const eventVariables: readonly Variable[] = [
  variable("TYPE", "The event's `type`: `io.forewarn.scheduledevent.started`.", ({ event }) => event.type),
  variable("ID", "The event's `id`, the same for every attempt.", ({ event }) => event.id),
  variable("SOURCE", "The event's `source`: who observed it.", ({ event }) => event.source),
  variable("SUBJECT", "The event's `subject`: the EventId in lower case.", ({ event }) => event.subject),
  variable("TIME", "When it was observed, RFC 3339 in UTC.", ({ event }) => event.time),
  variable("SEVERITY", "`info`, `warn` or `error`: of this event.", ({ event }) =>
    event.severitytext.toLowerCase(),
  ),
  variable(
    "AFFECTS_SELF",
    "`true` or `false`; empty while it is not known.",
    ({ event }) => event.affectsself,
  ),
  variable("VM_NAME", "Azure's name of this VM.", ({ event }) => event.data.vm.name),
  variable("SINK", "The name of this sink in the configuration.", ({ sink }) => sink),
  variable(
    "ATTEMPT",
    "1 for the first attempt since the agent started, then 2, 3, …",
    ({ batch }) => batch.attempt,
  ),
  variable(
    "LATE",
    "`true` if the event's deadline has passed, else `false`.",
    ({ batch }) => batch.late === true,
  ),
  variable(
    "REPLAYED",
    "`true` if a person replayed it from the dead letters, else `false`.",
    ({ batch }) => batch.replayed === true,
  ),
  variable(
    "SIMULATED",
    "`true` if a simulator, not Azure, said so, else `false`.",
    ({ event }) => event.data.simulated === true,
  ),
];

/** The variables of a scheduled event, empty for all others; the second table of the README. */
export const scheduledEventVariables: readonly Variable[] = [
  ofScheduled("EVENT_ID", "Azure's EventId, as sent.", ({ eventId }) => eventId),
  ofScheduled(
    "PHASE",
    "`scheduled`, `updated`, `approved`, `started`, `completed`, `canceled` or `ended`.",
    ({ phase }) => phase,
  ),
  ofScheduled(
    "EVENT_TYPE",
    "`Freeze`, `Reboot`, `Redeploy`, `Preempt`, `Terminate`, or one to come.",
    ({ eventType }) => eventType,
  ),
  ofScheduled("STATUS", "Azure's EventStatus: `Scheduled` or `Started`.", ({ status }) => status),
  ofScheduled("EVENT_SOURCE", "`Platform` or `User`: who caused it.", ({ eventSource }) => eventSource),
  ofScheduled(
    "IMPACT",
    "`info`, `warn` or `error`: how bad it is for this VM; it never falls from phase to phase.",
    ({ impact }) => impact,
  ),
  ofScheduled(
    "NOT_BEFORE",
    "Azure starts it no sooner, RFC 3339 in UTC; empty if Azure does not say.",
    ({ notBefore }) => notBefore,
  ),
  ofScheduled(
    "SECONDS_LEFT",
    "Whole seconds from the start of this run to NotBefore, 0 if it has passed, empty if it is not known.",
    ({ notBefore }, { now }) =>
      notBefore === null ? null : Math.max(0, Math.floor((Date.parse(notBefore) - now) / 1000)),
  ),
  ofScheduled(
    "NOTICE_MS",
    "The notice that Azure gave, in milliseconds, when the event was observed.",
    ({ noticeMs }) => noticeMs,
  ),
  ofScheduled(
    "DURATION_SECONDS",
    "The expected interruption; 0 = none, empty if Azure does not say.",
    ({ durationSeconds }) => durationSeconds,
  ),
  ofScheduled("RESOURCES", "The names of all VMs that it affects, one on each line.", ({ resources }) =>
    resources.join("\n"),
  ),
  ofScheduled("OUTCOME", "Why it is believed to be over: an inference.", ({ outcome }) => outcome),
  ofScheduled(
    "OCCURRENCE",
    "2 or more where this EventId had gone and came back.",
    ({ occurrence }) => occurrence,
  ),
  ofScheduled("DESCRIPTION", "Azure's text.", ({ description }) => description),
];

/**
 * The most bytes of a value. Linux takes 128 KiB in one variable (MAX_ARG_STRLEN), Windows 32,767 characters; past that
 * nothing would start.
 */
const mostBytes = 32_000;

/**
 * The variables of one run. Each is set, an unknown value is empty; only a value of more than 32,000 bytes is left out,
 * since the half of a list would pass for the whole.
 */
export function variablesOf(occasion: Occasion): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...eventVariables, ...scheduledEventVariables].flatMap(({ name, value }) => {
      // An environment cannot carry NUL, which JSON can.
      const text = String(value(occasion) ?? "").replaceAll("\0", "\uFFFD");
      return Buffer.byteLength(text) > mostBytes ? [] : [[name, text]];
    }),
  );
}
