import { approvalOutcomes, attemptResults, imdsEndpoints, stateWork, type Telemetry } from "../telemetry.ts";
import type { Clock } from "@forewarn/sdk";
import { countDeadLetters, gauges, type GaugeSources } from "./gauges.ts";
import type { Family } from "./exposition.ts";
import { metricCatalog, type MetricKey } from "./metric-catalog.ts";
import { createCounter, createHistogram } from "./series.ts";

/** Counts what the agent does. */
export interface Metrics {
  /** Every family of the catalog, as it is now. */
  collect(): readonly Family[];
}

/** What metrics are made of. */
export interface MetricSources extends GaugeSources {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Half a typical webhook's time to twice the default timeout. */
const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a sink that is there to one that was away for a day; 30 s is the notice of a spot eviction. */
const lagSeconds = [0.01, 0.05, 0.25, 1, 5, 15, 30, 60, 300, 900, 3600, 21_600, 86_400];

/** Counts from now on; what each sink could count is there from the beginning, as 0. */
export function createMetrics(sources: MetricSources): Metrics {
  const { telemetry, clock } = sources;
  const [received, delivered, discarded, attempts] = [
    createCounter(),
    createCounter(),
    createCounter(),
    createCounter(),
  ];
  const [deadlineMissed, blocked, outboxFailures, outboxRemoved, polls] = [
    createCounter(),
    createCounter(),
    createCounter(),
    createCounter(),
    createCounter(),
  ];
  const [badAnswers, documentWarnings] = [createCounter(), createCounter()];
  const duration = createHistogram(callSeconds);
  const lag = createHistogram(lagSeconds);
  const pollDuration = createHistogram(callSeconds);
  const deadLetters = countDeadLetters(sources);

  for (const result of ["good", "partial"]) polls.add({ result }, 0);
  documentWarnings.add({}, 0);
  for (const endpoint of imdsEndpoints)
    for (const malformed of ["not-json", "wrong-shape", "too-large"])
      badAnswers.add({ endpoint, class: malformed }, 0);
  for (const doing of stateWork) outboxFailures.add({ doing }, 0);
  for (const reason of ["retention", "evicted"]) outboxRemoved.add({ reason }, 0);
  for (const { name: sink } of sources.sinks()) {
    for (const counter of [delivered, deadlineMissed, blocked]) counter.add({ sink }, 0);
    for (const result of attemptResults) attempts.add({ sink, result }, 0);
    for (const reason of ["rejected", "expired", "corrupt", "evicted"])
      discarded.add({ sink, reason, intentional: String(reason === "expired") }, 0);
  }

  const approvals = createCounter();
  for (const by of ["policy", "command"])
    for (const outcome of approvalOutcomes) approvals.add({ by, outcome }, 0);

  telemetry.on("appended", (envelopes) => {
    for (const { type } of envelopes) {
      const name = type.replace("io.forewarn.", "");
      received.add({ source: /^(agent|sink)\./.test(name) ? "agent" : "imds", type: name });
    }
  });
  telemetry.on("attempted", ({ sink, result, ms }) => {
    attempts.add({ sink, result });
    duration.of({ sink })(ms / 1000);
  });
  telemetry.on("delivered", ({ sink, envelopes }) => {
    delivered.add({ sink }, envelopes.length);
    const now = clock.now();
    const observe = lag.of({ sink });
    // A clock that went back would give less than nothing.
    for (const { time } of envelopes) observe(Math.max(0, now - time) / 1000);
  });
  telemetry.on("deadLettered", ({ sink, envelopes, reason }) => {
    discarded.add({ sink, reason, intentional: String(reason === "expired") }, envelopes.length);
  });
  telemetry.on("evicted", ({ sink, events }) => {
    discarded.add({ sink, reason: "evicted", intentional: "false" }, events);
  });
  telemetry.on("deadlineMissed", ({ sink, envelopes }) => deadlineMissed.add({ sink }, envelopes.length));
  telemetry.on("sinkBlocked", ({ sink, ms }) => blocked.add({ sink }, ms / 1000));
  telemetry.on("approval", ({ by, outcome }) => approvals.add({ by, outcome }));
  telemetry.on("stateFailed", ({ doing }) => outboxFailures.add({ doing }));
  telemetry.on("retained", ({ removed, evicted }) => {
    outboxRemoved.add({ reason: "retention" }, removed);
    outboxRemoved.add({ reason: "evicted" }, evicted);
  });
  telemetry.on("polled", ({ ms, partial }) => {
    polls.add({ result: partial ? "partial" : "good" });
    pollDuration.of({})(ms / 1000);
  });
  telemetry.on("pollFailed", ({ code }) => polls.add({ result: code }));
  telemetry.on("answerFailed", ({ endpoint, code }) => badAnswers.add({ endpoint, class: code }));
  telemetry.on("documentWarning", () => documentWarnings.add({}));

  const counted = {
    received,
    delivered,
    discarded,
    attempts,
    duration,
    lag,
    deadlineMissed,
    blocked,
    outboxFailures,
    outboxRemoved,
    polls,
    badAnswers,
    documentWarnings,
    pollDuration,
    approvals,
  };
  return {
    collect() {
      const samples = {
        ...Object.fromEntries(Object.entries(counted).map(([key, series]) => [key, series.samples()])),
        ...gauges(sources),
        deadLetters: deadLetters(),
      } as Readonly<Record<MetricKey, Family["samples"]>>;
      const keys = Object.keys(metricCatalog) as MetricKey[];
      return keys.map((key) => ({ declaration: metricCatalog[key], samples: samples[key] }));
    },
  };
}
