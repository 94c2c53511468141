import type { Telemetry } from "@forewarn/agent";
import { EventEmitter } from "eventemitter3";
import { expect, test } from "vitest";
import { narrateApprovals } from "./narrate-approvals.ts";

function narrating() {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const telemetry = new EventEmitter() as Telemetry;
  narrateApprovals(telemetry, {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  });
  return { telemetry, lines };
}

const event = { eventId: "C7", eventType: "Reboot", by: "policy" } as const;

test("each outcome has a line of its own weight", () => {
  const { telemetry, lines } = narrating();
  telemetry.emit("approval", { ...event, outcome: "waiting", why: "drain has not got it" });
  telemetry.emit("approval", { ...event, outcome: "blocked", why: "drain did not take it" });
  telemetry.emit("approval", { ...event, outcome: "dry-run", why: "after drain" });
  telemetry.emit("approval", { ...event, outcome: "posting" });
  telemetry.emit("approval", { ...event, outcome: "failed", why: "no answer." });
  telemetry.emit("approval", { ...event, outcome: "failed", why: "no answer." });
  telemetry.emit("approval", { ...event, outcome: "approved" });
  telemetry.emit("approval", { ...event, outcome: "refused", why: "400" });
  telemetry.emit("approval", { ...event, outcome: "expired", why: "too late" });
  expect(lines).toEqual([
    "debug Reboot C7 is not approved yet: drain has not got it",
    "warn Reboot C7 will not be approved: drain did not take it",
    "info Reboot C7 would be approved now (after drain); nothing is sent: approve.dryRun",
    "debug Reboot C7: asking Azure to start it",
    "warn Reboot C7 is not approved yet: no answer. It is tried again until its time comes.",
    "debug Reboot C7 is not approved yet: no answer. It is tried again until its time comes.",
    "info Reboot C7 is approved: Azure may start it at any moment",
    "error Reboot C7 is not approved, and not asked for again: 400",
    "warn Reboot C7 starts at its own time: too late",
  ]);
});

test.each([
  [0, true, "info", ""],
  [2, true, "warn", "; what is left stands on disk"],
  [2, false, "error", "; what is kept only in memory will be lost"],
])("a last flush that leaves %i, synced: %s", (left, synced, level, end) => {
  const { telemetry, lines } = narrating();
  const sinks = [{ sink: "ops", delivered: 3, left }];
  telemetry.emit("lastFlush", { ...event, sinks, synced, ms: 1200.4 });
  expect(lines).toEqual([
    `${level} Reboot C7 may stop this machine now; all that was pending was tried once more, in 1.2 s: ops delivered 3, left ${left}${end}`,
  ]);
});
