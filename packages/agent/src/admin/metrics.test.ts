import { RejectError, RetryError } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { askedAgent } from "./fixtures/asked-agent.ts";
import { parseOpenMetrics, type ParsedFamily } from "./fixtures/openmetrics.ts";
import { metricCatalog } from "./metric-catalog.ts";

const accept = { accept: "application/openmetrics-text; version=1.0.0" };

function valueOf(
  families: readonly ParsedFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  return families
    .flatMap(({ samples }) => samples)
    .find((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
    ?.value;
}

test("OpenMetrics that a strict parser reads, each family of the catalog, and what was done counted", async () => {
  let calls = 0;
  const { ask, clock } = await askedAgent({
    good: () => {},
    poison: () => {
      throw new RejectError("refused with 400");
    },
    slow: () => {
      if (++calls < 3) throw new RetryError("answered 503");
    },
  });
  await clock.advance(10_000);
  const { status, headers, body } = await ask("/metrics", { headers: accept });
  expect([status, headers["content-type"]]).toEqual([
    200,
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  ]);
  const families = parseOpenMetrics(body);
  const declared = Object.values(metricCatalog).map(({ name, type, help }) => ({ name, type, help }));
  expect(families.map(({ name, type, help }) => ({ name, type, help }))).toEqual(declared);
  const value = valueOf.bind(null, families);
  expect(value("forewarn_events_received_total", { source: "agent", type: "agent.started" })).toBe(1);
  expect(value("forewarn_events_delivered_total", { sink: "good" })).toBe(1);
  expect(value("forewarn_events_delivered_total", { sink: "poison" })).toBe(0);
  expect(
    value("forewarn_events_discarded_total", { sink: "poison", reason: "rejected", intentional: "false" }),
  ).toBe(1);
  expect(value("forewarn_delivery_attempts_total", { sink: "slow", result: "retry" })).toBe(2);
  expect(value("forewarn_delivery_attempts_total", { sink: "slow", result: "delivered" })).toBe(1);
  expect(value("forewarn_delivery_attempts_total", { sink: "poison", result: "reject" })).toBe(1);
  expect(value("forewarn_delivery_attempts_total", { sink: "good", result: "hung" })).toBe(0);
  expect(value("forewarn_delivery_duration_seconds_count", { sink: "slow" })).toBe(3);
  expect(value("forewarn_delivery_lag_seconds_bucket", { sink: "good", le: "0.01" })).toBe(1);
  expect(value("forewarn_delivery_lag_seconds_sum", { sink: "slow" })).toBeGreaterThan(0);
  expect(value("forewarn_dead_letter_events", { sink: "poison" })).toBe(1);
  expect(value("forewarn_outbox_depth_events", { sink: "good" })).toBe(0);
  expect(value("forewarn_sink_state", { sink: "good", state: "working" })).toBe(1);
  expect(value("forewarn_imds_polls_total", { result: "good" })).toBeGreaterThan(5);
  expect(value("forewarn_imds_poll_last_good_timestamp_seconds")).toBe(
    Date.UTC(2026, 10, 22, 20) / 1000 + 10,
  );
  expect(value("forewarn_outbox_bytes")).toBeGreaterThan(10_000);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
});

test("labels are those of the catalog, and nothing in them grows with the events", async () => {
  const { ask, clock, agent } = await askedAgent({ ops: () => {} });
  agent.telemetry.emit("stateFailed", { doing: "settling", message: "disk I/O error" });
  await clock.advance(1000);
  const read = async () => parseOpenMetrics((await ask("/metrics", { headers: accept })).body);
  const before = await read();
  for (const family of before) {
    const declared = Object.values(metricCatalog).find(({ name }) => name === family.name);
    const labels = new Set(family.samples.flatMap((sample) => Object.keys(sample.labels)));
    expect([...labels].filter((label) => label !== "le")).toEqual(declared?.labels);
  }
  for (let n = 0; n < 100; n++)
    agent.telemetry.emit("sinkPaused", { sink: "ops", reason: "misconfigured", message: `no ${n}` });
  await clock.advance(1000);
  const counts = (families: readonly ParsedFamily[]) =>
    families
      .map(({ name, samples }) => `${name} ${samples.length}`)
      .filter((text) => !text.startsWith("forewarn_events_received"));
  expect(counts(await read())).toEqual(counts(before));
});

test("a backlog is told by its size and its age, without being read", async () => {
  const { ask, clock, agent } = await askedAgent({
    ops: () => {
      throw new RetryError("away");
    },
  });
  await clock.advance(1000);
  for (let n = 0; n < 20; n++) agent.telemetry.emit("sinkResumed", { sink: "other", pausedMs: n });
  await clock.advance(90_000);
  const families = parseOpenMetrics((await ask("/metrics", { headers: accept })).body);
  expect(valueOf(families, "forewarn_outbox_depth_events", { sink: "ops" })).toBe(21);
  expect(valueOf(families, "forewarn_oldest_undelivered_seconds", { sink: "ops" })).toBe(91);
  expect(valueOf(families, "forewarn_sink_state", { sink: "ops", state: "failing" })).toBe(1);
});

test("dead letters are counted at most once a minute", async () => {
  const { ask, clock, agent } = await askedAgent({
    ops: () => {
      throw new RejectError("refused");
    },
  });
  const count = async () =>
    /^forewarn_dead_letter_events\{sink="ops"\} (.*)$/m.exec((await ask("/metrics")).body)?.[1];
  await clock.advance(1000);
  expect(await count()).toBe("1");
  agent.telemetry.emit("sinkResumed", { sink: "other", pausedMs: 1 });
  await clock.advance(59_000);
  expect(await count()).toBe("1");
  await clock.advance(1000);
  expect(await count()).toBe("2");
});
