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

test.each([
  [
    { events: 1, undelivered: 1 },
    "1 event was kept only in memory; lost, since not every sink has got them: 1",
  ],
  [
    { events: 3, undelivered: 2 },
    "3 events were kept only in memory; lost, since not every sink has got them: 2",
  ],
  [
    { events: 3, undelivered: 0 },
    "3 events were kept only in memory; every sink has got them, the history has not. What Azure still announces, the next run tells again.",
  ],
])("what memory holds at the end, and cannot be written: %o", (loss, text) => {
  const { telemetry, lines } = narrating();
  telemetry.emit("memoryLost", { ...loss, message: "database or disk is full" });
  expect(lines).toEqual([`the state directory cannot be written: database or disk is full. ${text}`]);
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

test("what is refused for good is told with the beginning of the answer, in one line", () => {
  const { telemetry, lines } = narrating();
  const letter = { sink: "ops", envelopes: [{ id: "a" }], reason: "rejected", message: "refused with 400" };
  const tell = (excerpt?: string) =>
    telemetry.emit("deadLettered", { ...letter, ...(excerpt === undefined ? {} : { excerpt }) } as never);
  tell('{\n  "error": "no such channel"\n}');
  tell("x".repeat(1000));
  tell();
  tell("some output\nrefused with 400\n");
  expect(lines).toEqual([
    'sink ops will never take 1 of its events (rejected): refused with 400: { "error": "no such channel" }',
    `sink ops will never take 1 of its events (rejected): refused with 400: ${"x".repeat(199)}…`,
    "sink ops will never take 1 of its events (rejected): refused with 400",
    "sink ops will never take 1 of its events (rejected): refused with 400",
  ]);
});
