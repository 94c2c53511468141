import { expect, it } from "vitest";
import { describeEvent } from "./describe-event.ts";
import type { ForewarnEvent } from "./events.ts";

const base = {
  eventType: "Reboot",
  resources: ["vm-1", "vm-2"],
  eventSource: "Platform",
  durationSeconds: 9,
  notBefore: "2026-11-22T20:15:00Z",
  noticeMs: 900_000,
};

const scheduled = (phase: string, data: object = {}) =>
  ({ type: `io.forewarn.scheduledevent.${phase}`, data: { ...base, phase, ...data } }) as ForewarnEvent;
const own = (name: string, data: object) => ({ type: `io.forewarn.${name}`, data }) as ForewarnEvent;

it.each([
  [
    scheduled("scheduled"),
    "SCHEDULED: Reboot of vm-1, vm-2 in 15 min, not before 2026-11-22T20:15:00Z, by Azure, expected to last 9 s",
  ],
  [
    scheduled("scheduled", { notBefore: null, eventSource: "User", durationSeconds: null }),
    "SCHEDULED: Reboot of vm-1, vm-2 at a time that Azure does not say, asked for by a user",
  ],
  [
    scheduled("completed", {
      resources: Array.from({ length: 10_000 }, (_, index) => `web_${index}`),
      vm: { name: "WEB_77" },
    }),
    "COMPLETED: Reboot of web_77, web_0, web_1, web_2, web_3 and 9995 more",
  ],
  [
    scheduled("updated", { changed: ["notBefore"], noticeMs: null }),
    "UPDATED: Reboot of vm-1, vm-2: notBefore changed, not before 2026-11-22T20:15:00Z",
  ],
  [
    scheduled("approved", { approval: { by: "policy", rule: "after drain" } }),
    "APPROVED: Reboot of vm-1, vm-2 may start now, by the policy (after drain)",
  ],
  [
    scheduled("approved", { approval: { by: "command", user: "alice" } }),
    "APPROVED: Reboot of vm-1, vm-2 may start now, by alice with forewarn approve",
  ],
  [
    scheduled("started"),
    "STARTED: Reboot of vm-1, vm-2, by Azure, 15 min after it was announced, expected to last 9 s",
  ],
  [
    scheduled("started", { noticeMs: 0, durationSeconds: null }),
    "STARTED: Reboot of vm-1, vm-2, by Azure, without notice",
  ],
  [scheduled("completed"), "COMPLETED: Reboot of vm-1, vm-2"],
  [scheduled("ended", { outcome: "not-observed" }), "ENDED: Reboot of vm-1, vm-2: gone while nobody watched"],
  [own("agent.started", { vm: { name: null } }), "AGENT STARTED: watching this machine"],
  [own("agent.stopped", { uptimeMs: 60_000 }), "AGENT STOPPED: after 1 min"],
  [own("imds.unreachable", { message: "no route" }), "IMDS AWAY: no route"],
  [own("imds.recovered", { downMs: 1000 }), "IMDS BACK: after 1 s"],
  [own("sink.paused", { sink: "ops", message: "answered 403" }), "SINK PAUSED: ops: answered 403"],
  [own("sink.resumed", { sink: "ops", pausedMs: 1000 }), "SINK RESUMED: ops, after 1 s"],
  [own("agent.started", { vm: { name: null, hostname: "web" } }), "AGENT STARTED: watching web"],
  [own("agent.heartbeat", { uptimeMs: 60_000, sinks: [] }), "HEARTBEAT: up for 1 min, nothing waits"],
  [
    own("agent.heartbeat", {
      uptimeMs: 60_000,
      sinks: [
        { name: "a", pending: 2 },
        { name: "b", pending: 0 },
        { name: "c", pending: null },
      ],
    }),
    "HEARTBEAT: up for 1 min, waiting: 2 for a, ? for c",
  ],
  [own("agent.stalled", { gapMs: 9000, scheduledEvent: null }), "STALLED: stood still for 9 s"],
  [
    own("agent.stalled", { gapMs: 9000, clock: "wall", scheduledEvent: null }),
    "STALLED: stood still for 9 s, or its clock was set",
  ],
  [
    own("agent.stalled", { gapMs: 4200, scheduledEvent: { eventType: "Freeze", durationSeconds: 9 } }),
    "STALLED: stood still for 4.2 s; Azure expected 9 s for its Freeze",
  ],
  [
    own("agent.stalled", { gapMs: 9000, scheduledEvent: { eventType: "Freeze", durationSeconds: null } }),
    "STALLED: stood still for 9 s, in Azure's Freeze",
  ],
  [
    own("agent.stalled", {
      gapMs: 4200,
      clock: "wall",
      scheduledEvent: { eventType: "Freeze", durationSeconds: 9 },
    }),
    "STALLED: stood still for 4.2 s, or its clock was set; Azure expected 9 s for its Freeze",
  ],
  [
    own("agent.stalled", {
      gapMs: 9000,
      clock: "wall",
      scheduledEvent: { eventType: "Freeze", durationSeconds: null },
    }),
    "STALLED: stood still for 9 s, in Azure's Freeze, or its clock was set",
  ],
  [
    own("instance.observed", {
      vm: { name: "web_3", size: "D2", location: "westeurope", zone: "1", scaleSet: "web" },
    }),
    "INSTANCE: web_3, D2, westeurope, zone 1, of scale set web",
  ],
  [
    own("instance.changed", {
      changes: [
        { path: "/compute/tags/a~1b", from: "x", to: null },
        { path: "/compute/tags/env", from: null, to: "prod" },
        { path: "/compute/vmSize", from: "D2", to: "D4" },
        { path: "/compute/storageProfile/dataDisks/1", from: null, to: { lun: "1" } },
        { path: "/network/interface/000D3A", from: { macAddress: "000D3A" }, to: null },
        { path: "/compute/zone", from: "1", to: "2" },
        { path: "/compute/sku", from: "1", to: "2" },
      ],
    }),
    "CHANGED: tag a/b removed, was x; tag env added, is prod; vmSize is D4, was D2; data disk 1 added; NIC 000D3A removed; 2 more",
  ],
  [own("yet.unknown", {}), "EVENT: io.forewarn.yet.unknown"],
])("%#", (event, expected) => {
  const { what, text } = describeEvent(event);
  expect(`${what}: ${text}`).toBe(expected);
});

it("writes times as the caller does", () => {
  expect(describeEvent(scheduled("scheduled"), (time) => `<${time}>`).text).toContain(
    "not before <2026-11-22T20:15:00Z>",
  );
});
