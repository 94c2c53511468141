import type { Telemetry } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import { EventEmitter } from "eventemitter3";
import { expect, test } from "vitest";
import { narrate } from "./narrate.ts";

function narrating() {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const telemetry = new EventEmitter() as Telemetry;
  return { telemetry, lines, narrator: narrate(telemetry, log, true) };
}

test("events that cannot be stored are a danger until they can be", () => {
  const { telemetry, lines, narrator } = narrating();
  telemetry.emit("stateFailed", { doing: "storing events", message: "database or disk is full" });
  expect(narrator.stateFailing()).toBe(true);
  telemetry.emit("stateRecovered");
  expect(narrator.stateFailing()).toBe(false);
  expect(lines).toEqual([
    "the state directory failed (storing events): database or disk is full. Trying again; what changes at Azure until then may be told late or not at all.",
    "the state directory can be written again",
  ]);
});

test.each(["settling", "reading events", "applying the limits"] as const)(
  "%s that fails loses nothing",
  (doing) => {
    const { telemetry, lines, narrator } = narrating();
    telemetry.emit("stateFailed", { doing, message: "disk I/O error" });
    expect(narrator.stateFailing()).toBe(false);
    expect(lines).toEqual([
      `the state directory failed (${doing}): disk I/O error. Trying again; no event is lost by it, some may come twice.`,
    ]);
  },
);
