import type { AgentTelemetry } from "@forewarn/agent";
import { EventEmitter } from "eventemitter3";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../../agent/src/time/virtual-clock.ts";
import { createService } from "./service.ts";

function started(watchdogMs: number | null, failure?: Error) {
  const telemetry = new EventEmitter<AgentTelemetry>();
  const clock = createVirtualClock({ now: 0 });
  const sent: (readonly string[])[] = [];
  const errors: string[] = [];
  const service = createService({
    telemetry,
    clock,
    log: { error: (message) => void errors.push(message) },
    async send(assignments) {
      sent.push(assignments);
      if (failure !== undefined) throw failure;
    },
    watchdogMs,
    monotonicUs: () => 42n,
    pollPatienceMs: 50_000,
  });
  const good = (events = 0) => telemetry.emit("polled", { incarnation: 1, events, ms: 1, partial: false });
  const bad = () => telemetry.emit("pollFailed", { code: "timeout", message: "", failures: 1 });
  const news = () => sent.splice(0);
  return { telemetry, clock, service, good, bad, news, errors };
}

const nothing = "STATUS=watching; nothing announced";

test("ready at once, whatever IMDS answers, and with the state of things", async () => {
  const { service, news, good, clock } = started(null);
  good();
  expect(news()).toEqual([]);
  service.started();
  expect(news()).toEqual([["READY=1", nothing]]);
  const other = started(null);
  other.service.started();
  expect(other.news()).toEqual([["READY=1", "STATUS=asking IMDS for the first time"]]);
  other.good();
  await other.clock.advance(30_000);
  expect(other.news()).toEqual([[nothing]]);
  expect(clock.sleeping()).toBe(1);
});

test("a sign of life twice within the time, as long as polls go on, and again when they do", async () => {
  const { clock, good, bad, news, service } = started(60_000);
  good();
  service.started();
  news();
  await clock.advance(30_000);
  bad();
  await clock.advance(30_000);
  expect(news()).toEqual([
    ["WATCHDOG=1"],
    ["WATCHDOG=1", "STATUS=IMDS gives no good answer (timeout); asking again"],
  ]);
  await clock.advance(90_000);
  expect(news()).toEqual([]);
  good();
  await clock.advance(30_000);
  expect(news()).toEqual([["WATCHDOG=1", nothing]]);
});

test("no sign of life where none is wanted; the status where it changed", async () => {
  const { clock, good, news, telemetry, service } = started(null);
  good();
  service.started();
  news();
  await clock.advance(120_000);
  expect(news()).toEqual([]);
  good(2);
  telemetry.emit("sinkPaused", { sink: "ops", reason: "misconfigured", message: "401" });
  telemetry.emit("sinkPaused", { sink: "old", reason: "misconfigured", message: "401" });
  await clock.advance(30_000);
  expect(news()).toEqual([["STATUS=watching; 2 announced; paused: ops, old"]]);
  service.reloaded(["ops"]);
  telemetry.emit("sinkResumed", { sink: "ops", pausedMs: 1 });
  await clock.advance(30_000);
  expect(news()).toEqual([
    ["READY=1", "STATUS=watching; 2 announced; paused: ops"],
    ["STATUS=watching; 2 announced"],
  ]);
});

test("reloading and ready again around a reload, but never before it was ready", () => {
  const { good, news, service } = started(null);
  service.reloading();
  service.reloaded();
  expect(news()).toEqual([]);
  good();
  service.started();
  service.reloading();
  service.reloaded();
  expect(news()).toEqual([["READY=1", nothing], ["RELOADING=1", "MONOTONIC_USEC=42"], ["READY=1"]]);
});

test("stopping is the last word, and leaves no timer", async () => {
  const { clock, good, news, service } = started(60_000);
  service.started();
  service.stopping();
  good();
  service.reloaded();
  await clock.advance(120_000);
  expect(news().at(-1)).toEqual(["STOPPING=1", "STATUS=stopping"]);
  expect(clock.sleeping()).toBe(0);
});

test("that systemd cannot be told is said once", async () => {
  const { clock, errors, service } = started(60_000, new Error("there is no systemd-notify in PATH"));
  service.started();
  await clock.advance(90_000);
  expect(errors).toEqual(["systemd cannot be told that the agent works: there is no systemd-notify in PATH"]);
});
