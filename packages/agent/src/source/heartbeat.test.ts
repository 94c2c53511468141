import { expect, onTestFinished, test } from "vitest";
import { noon, scheduled } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation } from "./fixtures/station.ts";
import { createHeartbeat } from "./heartbeat.ts";

const minute = 60_000;

function begin(intervalMs: number | null) {
  const clock = createVirtualClock({ now: noon });
  const azure = createAzure();
  const station = startStation({ imds: azure, clock });
  const look = () => ({ events: 3, oldest: noon, parked: 0 });
  const broken = () => {
    throw new Error("database is locked");
  };
  const heartbeat = createHeartbeat({
    clock,
    record: station.record,
    telemetry: station.telemetry,
    sinks: () => [
      { name: "ops", look },
      { name: "audit", look: broken },
    ],
    intervalMs,
  });
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const running = heartbeat.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return { clock, azure, station, stop };
}

test("at every interval: for how long it watches, what it saw, what waits for whom", async () => {
  const { clock, azure, station, stop } = begin(5 * minute);
  await station.introduce();
  azure.events = [scheduled()];
  await station.poll();
  azure.failing = "timeout";
  await station.poll();
  await clock.advance(11 * minute);
  const heartbeats = station.events().filter(({ type }) => type === "io.forewarn.agent.heartbeat");
  expect(heartbeats.map(({ time }) => time)).toEqual([
    "2026-11-22T12:05:00.000Z",
    "2026-11-22T12:10:00.000Z",
  ]);
  expect(heartbeats[0]).toMatchObject({
    severitytext: "INFO",
    data: {
      uptimeMs: 5 * minute,
      lastGoodPoll: "2026-11-22T12:00:00.000Z",
      polls: { good: 1, bad: 1 },
      // What the VM is, and the scheduled event.
      events: 2,
      sinks: [
        { name: "ops", pending: 3, oldestUndelivered: "2026-11-22T12:00:00.000Z" },
        { name: "audit", pending: null, oldestUndelivered: null },
      ],
    },
  });
  await stop();
  expect(clock.sleeping()).toBe(0);
});

test("a heartbeat that cannot be stored is left out; the next one says more", async () => {
  const { clock, station } = begin(minute);
  station.disk.full = true;
  await clock.advance(3 * minute);
  station.disk.full = false;
  await clock.advance(minute);
  expect(station.told()).toEqual(["agent.heartbeat"]);
});

test("never, unless it is asked for", async () => {
  const { clock, station } = begin(null);
  await clock.advance(24 * 60 * minute);
  expect([station.told(), clock.sleeping()]).toEqual([[], 0]);
});
