import { type Static, Type } from "typebox";
import { type EventOf, Nullable, simulated, Timestamp, Vm } from "./event.ts";

/** IMDS has given no good answer for longer than `imds.unreachableAfter`. */
export const ImdsUnreachableData = Type.Object({
  since: Timestamp("When the failures began."),
  code: Type.String({ description: "The class of the last failure." }),
  message: Type.String({ description: "What was tried, what it means, what to check." }),
  lastGoodPoll: Nullable(
    Type.String({ format: "date-time" }),
    "The last good answer, if there ever was one.",
  ),
  simulated,
  vm: Vm,
});

/** IMDS answers again. */
export const ImdsRecoveredData = Type.Object({
  since: Timestamp("When the failures had begun."),
  downMs: Type.Integer({
    minimum: 0,
    description: "How long no good answer came; a suspension of the machine counts.",
  }),
  simulated,
  vm: Vm,
});

/** The agent began to watch. */
export const AgentStartedData = Type.Object({
  version: Type.String({ description: "Forewarn's version." }),
  lastGoodPoll: Nullable(Type.String({ format: "date-time" }), "The last good answer of the run before."),
  gapMs: Nullable(Type.Integer({ minimum: 0 }), "How long nobody watched; null where that is unknown."),
  simulated,
  vm: Vm,
});

/** The agent stopped watching, as asked. */
export const AgentStoppedData = Type.Object({
  version: Type.String({ description: "Forewarn's version." }),
  uptimeMs: Type.Integer({ minimum: 0, description: "How long it watched." }),
  simulated,
  vm: Vm,
});

/** The agent is alive. */
export const AgentHeartbeatData = Type.Object({
  version: Type.String({ description: "Forewarn's version." }),
  uptimeMs: Type.Integer({ minimum: 0, description: "How long it has watched." }),
  lastGoodPoll: Nullable(Type.String({ format: "date-time" }), "The last good answer of this run."),
  polls: Type.Object(
    {
      good: Type.Integer({ minimum: 0, description: "How many were good." }),
      bad: Type.Integer({ minimum: 0, description: "How many were not." }),
    },
    { description: "The answers to the question for scheduled events in this run." },
  ),
  events: Type.Integer({ minimum: 0, description: "How many events it has recorded in this run." }),
  sinks: Type.Array(
    Type.Object({
      name: Type.String({ description: "The sink's name in the configuration." }),
      pending: Nullable(
        Type.Integer({ minimum: 0 }),
        "How many events it has not got; null where the outbox cannot be read.",
      ),
      oldestUndelivered: Nullable(Type.String({ format: "date-time" }), "When the oldest of them was seen."),
    }),
    { description: "What each sink has not got yet." },
  ),
  simulated,
  vm: Vm,
});

/** The whole process stood still, as it does while a VM is frozen or suspended. */
export const AgentStalledData = Type.Object({
  gapMs: Type.Integer({ minimum: 0, description: "For how long." }),
  clock: Type.Enum(["monotonic", "wall"], {
    description:
      "What showed it. `monotonic`: a timer was late, the machine's time ran on. `wall`: the time of day leapt ahead of the time that the machine had counted, as after a suspension; a clock that was set forward looks the same.",
  }),
  since: Timestamp("When it was last seen to run, by the clock of then."),
  scheduledEvent: Nullable(
    Type.Object({
      eventId: Type.String({ description: "Azure's EventId, as sent." }),
      eventType: Type.String({ description: "`Freeze` mostly." }),
      status: Type.String({ description: "Azure's EventStatus when the process went on." }),
      durationSeconds: Nullable(
        Type.Integer(),
        "The interruption that Azure expects; null where it does not say.",
      ),
    }),
    "The scheduled event of this VM that had started, or was due; null where none was known.",
  ),
  simulated,
  vm: Vm,
});

/** Events cannot be kept on disk as they should be. */
export const AgentDegradedData = Type.Object({
  reason: Type.Enum(["disk", "damage", "deleted"], {
    description:
      "`disk`: the state directory cannot be written, and events are kept in memory. `damage`: the outbox was damaged; what is whole of it is in a new file. `deleted`: the state directory was deleted under the agent, and is made again with all that it held.",
  }),
  message: Type.String({ description: "What the disk or the database said." }),
  kept: Type.Optional(Type.String({ description: "damage: where the damaged file is." })),
  salvaged: Type.Optional(Type.Integer({ minimum: 0, description: "damage: how many events were whole." })),
  simulated,
  vm: Vm,
});

/** Events are kept on disk again. */
export const AgentRestoredData = Type.Object({
  degradedMs: Type.Integer({ minimum: 0, description: "For how long they were not." }),
  simulated,
  vm: Vm,
});

/** A sink cannot work until a person acts; its events are kept. */
export const SinkPausedData = Type.Object({
  sink: Type.String({ description: "The sink's name in the configuration." }),
  reason: Type.Enum(["misconfigured", "hung"], {
    description: "`misconfigured`: it cannot take events until a person acts. `hung`: its calls do not end.",
  }),
  message: Type.String({ description: "What the sink said, without secrets." }),
  simulated,
  vm: Vm,
});

/** A paused sink works again. */
export const SinkResumedData = Type.Object({
  sink: Type.String({ description: "The sink's name in the configuration." }),
  pausedMs: Type.Integer({ minimum: 0, description: "How long it was paused." }),
  simulated,
  vm: Vm,
});

/** IMDS went away or came back. */
export type ImdsEvent =
  | EventOf<"io.forewarn.imds.unreachable", Static<typeof ImdsUnreachableData>>
  | EventOf<"io.forewarn.imds.recovered", Static<typeof ImdsRecoveredData>>;

/** The life of the agent. */
export type AgentEvent =
  | EventOf<"io.forewarn.agent.started", Static<typeof AgentStartedData>>
  | EventOf<"io.forewarn.agent.stopped", Static<typeof AgentStoppedData>>
  | EventOf<"io.forewarn.agent.heartbeat", Static<typeof AgentHeartbeatData>>
  | EventOf<"io.forewarn.agent.stalled", Static<typeof AgentStalledData>>
  | EventOf<"io.forewarn.agent.degraded", Static<typeof AgentDegradedData>>
  | EventOf<"io.forewarn.agent.restored", Static<typeof AgentRestoredData>>;

/** A sink stopped working or works again; told to the other sinks. */
export type SinkEvent =
  | EventOf<"io.forewarn.sink.paused", Static<typeof SinkPausedData>>
  | EventOf<"io.forewarn.sink.resumed", Static<typeof SinkResumedData>>;
