import { resolve } from "node:path";
import { type Clock, formatDuration } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { readable } from "../readable.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { AgentHealth, ImdsHealth } from "./agent-health.ts";
import type { SinkHealth } from "./sink-health.ts";

/** What `/api/v1/status` says; times are RFC 3339, durations milliseconds. */
export interface AgentStatus {
  readonly version: string;
  readonly now: string;
  readonly startedAt: string;
  readonly uptimeMs: number;
  /** Whether there is nothing in `problems`. */
  readonly healthy: boolean;
  /** One sentence each. */
  readonly problems: readonly string[];
  readonly imds: Omit<ImdsHealth, "lastGoodPoll"> & { readonly lastGoodPoll: string | null };
  readonly outbox: OutboxStatus;
  readonly sinks: readonly SinkStatus[];
}

/** The outbox as the status has it. */
export interface OutboxStatus {
  /** The state directory, absolute: by it who asks knows whether this is the agent that was meant. */
  readonly directory: string;
  /** Whether events are kept in memory only. */
  readonly degraded: boolean;
  /** Why events are not stored on disk now. */
  readonly trouble: string | null;
  /** What was wrong with a file that was made anew by this process. */
  readonly damage: string | null;
  /** Null where it cannot be told. */
  readonly bytes: number | null;
}

/** A sink as the status has it; counts are of this process, `pending` and `oldestUndelivered` of the outbox. */
export interface SinkStatus extends Omit<SinkHealth, "since" | "lastDelivered" | "lastError"> {
  readonly name: string;
  readonly since: string;
  /** Null where the outbox cannot be read. */
  readonly pending: number | null;
  readonly oldestUndelivered: string | null;
  readonly parked: number;
  readonly lastDelivered: string | null;
  readonly lastError: { readonly at: string; readonly message: string } | null;
}

/** What the status is made of. */
export interface StatusSources {
  readonly clock: Clock;
  readonly version: string;
  /** The state directory. */
  readonly directory: string;
  readonly outbox: Pick<Outbox, "beyond" | "deadLetters" | "degraded" | "size">;
  readonly sinks: () => readonly Pick<Subscription, "look" | "name">[];
  readonly agentHealth: AgentHealth;
  readonly sinkHealth: (sink: string) => SinkHealth;
}

/** Tells how the agent is. */
export interface StatusTeller {
  status(): AgentStatus;
  /** What keeps the agent from its work: no good poll, a state directory that cannot be written; one sentence each. */
  unready(): readonly string[];
}

/** Starts the uptime. */
export function createStatusTeller(sources: StatusSources): StatusTeller {
  const { clock, version, outbox, agentHealth, sinkHealth } = sources;
  // Whoever asks may stand in another working directory.
  const directory = resolve(sources.directory);
  const began = { wall: clock.now(), monotonic: clock.monotonic() };

  function unready(): readonly string[] {
    const failure = agentHealth.failure();
    return [
      ...(failure === null ? [] : [`the agent has failed, and only a new start helps: ${failure}`]),
      ...storing(),
      ...polling(agentHealth.imds(), clock.now()),
    ];
  }

  function storing(): readonly string[] {
    const { trouble } = agentHealth.state();
    if (!outbox.degraded() && trouble === null) return [];
    const why = trouble === null ? "" : `: ${trouble}`;
    return [
      outbox.degraded()
        ? `the state directory cannot be written, events are kept in memory only${why}`
        : `events cannot be stored${why}`,
    ];
  }

  function sinkStatus(sink: Pick<Subscription, "look" | "name">): SinkStatus {
    const { since, lastDelivered, lastError, ...health } = sinkHealth(sink.name);
    const look = readable(() => sink.look());
    return {
      name: sink.name,
      ...health,
      since: rfc3339(since),
      pending: look?.events ?? null,
      oldestUndelivered: rfc3339(look?.oldest ?? null),
      parked: look?.parked ?? 0,
      lastDelivered: rfc3339(lastDelivered),
      lastError: lastError === null ? null : { at: rfc3339(lastError.at), message: lastError.message },
    };
  }

  return {
    unready,
    status() {
      const now = clock.now();
      const sinks = sources.sinks().map(sinkStatus);
      const problems = [...unready(), ...sinks.flatMap(sinkProblem)];
      const imds = agentHealth.imds();
      return {
        version,
        now: rfc3339(now),
        startedAt: rfc3339(began.wall),
        uptimeMs: Math.round(clock.monotonic() - began.monotonic),
        healthy: problems.length === 0,
        problems,
        imds: { ...imds, lastGoodPoll: rfc3339(imds.lastGoodPoll) },
        outbox: {
          directory,
          degraded: outbox.degraded(),
          ...agentHealth.state(),
          bytes: readable(() => outbox.size()) ?? null,
        },
        sinks,
      };
    },
  };
}

function polling({ state, lastGoodPoll, message }: ImdsHealth, now: number): readonly string[] {
  const why = message === null ? "" : `: ${message}`;
  if (state === "waiting" || (state === "failing" && lastGoodPoll === null))
    return [`IMDS has not given a good answer yet${why}`];
  if (state !== "unreachable") return [];
  return lastGoodPoll === null
    ? [`IMDS has never given a good answer${why}`]
    : [`no good answer of IMDS for ${formatDuration(Math.max(0, now - lastGoodPoll))}${why}`];
}

function sinkProblem({ name, state, lastError }: SinkStatus): readonly string[] {
  if (state === "working") return [];
  const words = { failing: "is failing", paused: "is paused", hung: "is paused as hung" } as const;
  return [`sink ${name} ${words[state]}${lastError === null ? "" : `: ${lastError.message}`}`];
}
