import { expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation } from "./fixtures/station.ts";
import { ownEvent } from "./own-event.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const stopped = () => ownEvent("io.forewarn.agent.stopped", noon, { version: "0.1.0", uptimeMs: 1 });

function begin() {
  const station = startStation({ imds: createAzure(), clock: createVirtualClock({ now: noon }) });
  const told: unknown[] = [];
  station.telemetry.on("appended", (envelopes) => told.push(envelopes.length));
  station.telemetry.on("stateFailed", ({ message }) => told.push(message));
  station.telemetry.on("stateRecovered", () => told.push("recovered"));
  return { station, told };
}

test("stores, then tells; nothing is told where nothing was to store but memory", () => {
  const { station, told } = begin();
  expect(station.record([stopped(), stopped()], { checkpoints: { poll: 1 } })).toBe(true);
  expect(station.record([], { checkpoints: { poll: 2 } })).toBe(true);
  expect([told, station.checkpoint("poll"), station.told()]).toEqual([
    [2],
    2,
    ["agent.stopped", "agent.stopped"],
  ]);
});

test("a failure is told once for each streak, and its end, and nothing is stored", () => {
  const { station, told } = begin();
  station.disk.full = true;
  expect(station.record([stopped()], { checkpoints: { poll: 1 } })).toBe(false);
  expect(station.record([stopped()])).toBe(false);
  station.disk.full = false;
  expect(station.record([stopped()])).toBe(true);
  station.disk.full = true;
  expect(station.record([stopped()])).toBe(false);
  expect(told).toEqual(["database or disk is full", "recovered", 1, "database or disk is full"]);
  expect([station.told(), station.checkpoint("poll")]).toEqual([["agent.stopped"], null]);
});

test("who listens and fails does not unmake what is on disk: it would be stored twice", () => {
  const { station } = begin();
  station.telemetry.on("appended", () => {
    throw new Error("a bug of the listener");
  });
  expect(() => station.record([stopped()])).toThrow("a bug of the listener");
  expect(station.told()).toEqual(["agent.stopped"]);
});
