import type { AgentTelemetry } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import { EventEmitter } from "eventemitter3";
import { expect, test } from "vitest";
import { serviceOf } from "./service-of.ts";

const imds = {
  endpoint: "http://127.0.0.1:1",
  pollIntervalMs: 1000,
  requestTimeoutMs: 10_000,
  unreachableAfterMs: 90_000,
  notBeforeToleranceMs: 5000,
};

async function startedWith(env: Readonly<Record<string, string>>) {
  const telemetry = new EventEmitter<AgentTelemetry>();
  const warnings: string[] = [];
  const ignore = () => {};
  const log: Logger = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (message) => void warnings.push(message),
  };
  const service = await serviceOf({ telemetry }, { imds }, { env, log });
  return { telemetry, warnings, service };
}

test("without NOTIFY_SOCKET nothing listens and nothing is sent", async () => {
  const { telemetry, service } = await startedWith({ PATH: "/nowhere", WATCHDOG_USEC: "1" });
  expect(telemetry.eventNames()).toEqual([]);
  service.reloading();
  service.stopping();
});

test("a watchdog for another process is warned of, one for this process is not", async () => {
  const socket = { NOTIFY_SOCKET: "/nowhere", WATCHDOG_USEC: "60000000" };
  const { warnings, telemetry } = await startedWith({ ...socket, WATCHDOG_PID: "1" });
  expect(telemetry.listenerCount("polled")).toBe(1);
  expect(warnings).toEqual([expect.stringContaining("name forewarn itself in ExecStart")]);
  const own = await startedWith({ ...socket, WATCHDOG_PID: String(process.pid) });
  expect(own.warnings).toEqual([]);
});
