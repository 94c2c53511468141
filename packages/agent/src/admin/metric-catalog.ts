/** One metric family, as `/metrics` and docs/metrics.md have it. */
export interface MetricDeclaration {
  /** Without the suffix that its samples have by its type: `_total`, `_info`, `_bucket`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  /** The last part of the name, where that is a unit. */
  readonly unit?: "seconds" | "bytes" | "events";
  /** None of them ever grows with the events: sinks, types and outcomes. */
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
}

/** Every family of `/metrics`, in its order. */
export const metricCatalog = {
  build: {
    name: "forewarn_build",
    type: "info",
    labels: ["version"],
    help: "The running version of Forewarn.",
  },
  received: {
    name: "forewarn_events_received",
    type: "counter",
    labels: ["source", "type"],
    help: "Events stored in the outbox, by what they tell of (imds or agent) and their type without io.forewarn.",
  },
  delivered: {
    name: "forewarn_events_delivered",
    type: "counter",
    labels: ["sink"],
    help: "Events that a sink has taken.",
  },
  discarded: {
    name: "forewarn_events_discarded",
    type: "counter",
    labels: ["sink", "reason", "intentional"],
    help: "Events that became dead letters at a sink: rejected by it, corrupt on disk, evicted since the outbox was full, or expired by its maxAge, which is intentional.",
  },
  attempts: {
    name: "forewarn_delivery_attempts",
    type: "counter",
    labels: ["sink", "result"],
    help: "Calls of a sink, by what came of them; cut ones were made to end for an urgent event.",
  },
  duration: {
    name: "forewarn_delivery_duration_seconds",
    type: "histogram",
    unit: "seconds",
    labels: ["sink"],
    help: "How long a call of a sink took, whatever came of it.",
  },
  lag: {
    name: "forewarn_delivery_lag_seconds",
    type: "histogram",
    unit: "seconds",
    labels: ["sink"],
    help: "From when an event was observed to when a sink had taken it.",
  },
  deadlineMissed: {
    name: "forewarn_deadline_missed",
    type: "counter",
    labels: ["sink"],
    help: "Urgent events that a sink had not taken when their deadline passed.",
  },
  blocked: {
    name: "forewarn_sink_blocked_seconds",
    type: "counter",
    unit: "seconds",
    labels: ["sink"],
    help: "For how long the synchronous part of a sink's calls held up the whole agent, calls below 0.1 s left out.",
  },
  sinkState: {
    name: "forewarn_sink_state",
    type: "gauge",
    labels: ["sink", "state"],
    help: "1 for the state that a sink is in: working, failing (its last call failed), paused or hung; else 0.",
  },
  depth: {
    name: "forewarn_outbox_depth_events",
    type: "gauge",
    unit: "events",
    labels: ["sink"],
    help: "Events that a sink has not taken yet; beyond the 5,000 that are read ahead it counts unwanted ones, too.",
  },
  oldest: {
    name: "forewarn_oldest_undelivered_seconds",
    type: "gauge",
    unit: "seconds",
    labels: ["sink"],
    help: "How long ago the oldest event that a sink has not taken was observed; 0 where there is none.",
  },
  parked: {
    name: "forewarn_parked_events",
    type: "gauge",
    unit: "events",
    labels: ["sink"],
    help: "Events that fail again and again while others get through, and are tried now and then.",
  },
  deadLetters: {
    name: "forewarn_dead_letter_events",
    type: "gauge",
    unit: "events",
    labels: ["sink"],
    help: "Dead letters that are kept for a person; counted at most once a minute, up to 10,000.",
  },
  outboxBytes: {
    name: "forewarn_outbox_bytes",
    type: "gauge",
    unit: "bytes",
    labels: [],
    help: "What the outbox takes of the disk, free pages and the write-ahead log left out.",
  },
  outboxDegraded: {
    name: "forewarn_outbox_degraded",
    type: "gauge",
    labels: [],
    help: "1 while events are kept in memory only, since the state directory cannot be written; else 0.",
  },
  outboxFailures: {
    name: "forewarn_outbox_failures",
    type: "counter",
    labels: ["doing"],
    help: "How often work on the state directory failed; storing counts streaks.",
  },
  outboxRemoved: {
    name: "forewarn_outbox_removed",
    type: "counter",
    labels: ["reason"],
    help: "Events removed by the limits: finished ones, or evicted before every sink had them.",
  },
  polls: {
    name: "forewarn_imds_polls",
    type: "counter",
    labels: ["result"],
    help: "Polls of Scheduled Events: good, partial where an entry could not be read, or the code of what went wrong.",
  },
  badAnswers: {
    name: "forewarn_imds_bad_answers",
    type: "counter",
    labels: ["endpoint", "class"],
    help: "Answers of IMDS that were no good and changed nothing, by endpoint (scheduledevents, instance, identity) and by the code of what was wrong.",
  },
  documentWarnings: {
    name: "forewarn_imds_document_warnings",
    type: "counter",
    labels: [],
    help: "Oddities in documents of scheduled events, each counted once for each streak of such documents.",
  },
  pollDuration: {
    name: "forewarn_imds_poll_duration_seconds",
    type: "histogram",
    unit: "seconds",
    labels: [],
    help: "How long good answers of IMDS took.",
  },
  lastGoodPoll: {
    name: "forewarn_imds_poll_last_good_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    labels: [],
    help: "When IMDS last gave a good answer, Unix time; absent before the first.",
  },
  scheduledEvents: {
    name: "forewarn_imds_scheduled_events",
    type: "gauge",
    unit: "events",
    labels: [],
    help: "Scheduled events in the last good answer of IMDS.",
  },
  approvals: {
    name: "forewarn_approvals",
    type: "counter",
    labels: ["by", "outcome"],
    help: "How far approvals of scheduled events came, by the policy or by people, each change once: waiting, blocked, dry-run, posting (Azure is asked), approved, failed (asked again), refused, expired.",
  },
  readers: {
    name: "forewarn_admin_readers",
    type: "gauge",
    labels: [],
    help: "Readers of the live stream now.",
  },
  readersDropped: {
    name: "forewarn_admin_readers_dropped",
    type: "counter",
    labels: [],
    help: "Readers of the live stream that were too slow and were cut off.",
  },
  cpu: {
    name: "process_cpu_seconds",
    type: "counter",
    unit: "seconds",
    labels: [],
    help: "CPU time that the process has used, user and system.",
  },
  memory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    unit: "bytes",
    labels: [],
    help: "Resident memory of the process.",
  },
  started: {
    name: "process_start_time_seconds",
    type: "gauge",
    unit: "seconds",
    labels: [],
    help: "When the process started, Unix time.",
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

/** A key of {@link metricCatalog}. */
export type MetricKey = keyof typeof metricCatalog;
