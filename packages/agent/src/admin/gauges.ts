import type { Clock } from "@forewarn/sdk";
import { readable } from "../readable.ts";
import type { AgentHealth } from "./agent-health.ts";
import type { EventStream } from "./event-stream.ts";
import type { MetricKey } from "./metric-catalog.ts";
import type { Sample } from "./series.ts";
import { sinkStates } from "./sink-health.ts";
import type { StatusSources } from "./status.ts";

/** What gauges are read from. */
export interface GaugeSources extends StatusSources {
  /** The live stream. */
  readonly stream: Pick<EventStream, "dropped" | "readers">;
}

type Numbers = readonly Sample<number>[];

const recountMs = 60_000;
const mostCounted = 10_000;

/** What is read at the moment somebody asks; what cannot be read is absent. */
export function gauges(sources: GaugeSources): Partial<Record<MetricKey, Numbers>> {
  const { version, outbox, agentHealth, stream } = sources;
  const { user, system } = process.cpuUsage();
  return {
    build: one(1, { version }),
    ...ofSinks(sources),
    outboxBytes: oneOrNone(readable(() => outbox.size())),
    outboxDegraded: one(outbox.degraded() ? 1 : 0),
    ...ofImds(agentHealth),
    readers: one(stream.readers()),
    readersDropped: one(stream.dropped()),
    cpu: one((user + system) / 1e6),
    memory: one(process.memoryUsage.rss()),
    started: one(sources.clock.now() / 1000 - process.uptime()),
  };
}

/** Counts the dead letters of every sink at most once a minute and up to a bound, since their number has none. */
export function countDeadLetters(options: {
  readonly sinks: StatusSources["sinks"];
  readonly outbox: Pick<StatusSources["outbox"], "deadLetters">;
  readonly clock: Clock;
}): () => Numbers {
  const { sinks, outbox, clock } = options;
  let counted: { readonly at: number; readonly samples: Numbers } | undefined;
  return () => {
    const at = clock.monotonic();
    if (counted === undefined || at - counted.at >= recountMs) {
      const samples = sinks().flatMap(({ name: sink }) =>
        oneOrNone(
          readable(() => outbox.deadLetters(sink, mostCounted)),
          { sink },
        ),
      );
      counted = { at, samples };
    }
    return counted.samples;
  };
}

function ofSinks({ clock, sinks, sinkHealth }: GaugeSources): Partial<Record<MetricKey, Numbers>> {
  const now = clock.now();
  const looks = sinks().map((sink) => ({ sink: sink.name, look: readable(() => sink.look()) }));
  const each = (value: (look: NonNullable<(typeof looks)[number]["look"]>) => number) =>
    looks.flatMap(({ sink, look }) => oneOrNone(look && value(look), { sink }));
  return {
    depth: each(({ events }) => events),
    oldest: each(({ oldest }) => (oldest === null ? 0 : Math.max(0, now - oldest) / 1000)),
    parked: each(({ parked }) => parked),
    sinkState: looks.flatMap(({ sink }) =>
      sinkStates.map((state) => ({
        labels: { sink, state },
        value: sinkHealth(sink).state === state ? 1 : 0,
      })),
    ),
  };
}

function ofImds(health: AgentHealth): Partial<Record<MetricKey, Numbers>> {
  const { lastGoodPoll, scheduledEvents } = health.imds();
  return {
    lastGoodPoll: lastGoodPoll === null ? [] : one(lastGoodPoll / 1000),
    scheduledEvents: scheduledEvents === null ? [] : one(scheduledEvents),
  };
}

function one(value: number, labels: Sample<number>["labels"] = {}): Numbers {
  return [{ labels, value }];
}

function oneOrNone(value: number | undefined, labels: Sample<number>["labels"] = {}): Numbers {
  return value === undefined ? [] : one(value, labels);
}
