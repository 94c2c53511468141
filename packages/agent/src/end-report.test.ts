import { expect, test } from "vitest";
import { closeOutbox } from "./end-report.ts";
import { createTelemetry } from "./telemetry.ts";

/** Two sinks, of which `hk` has not got two places that stand only in memory. */
function closing(loss: { readonly events: number; readonly message: string } | null) {
  const telemetry = createTelemetry();
  const told: unknown[] = [];
  telemetry.on("memoryLost", (lost) => told.push(lost));
  const left = (sink: string, places: number) => ({ sink, delivered: 1, left: places, dead: 0 });
  const unsaved = new Map([
    ["audit", [11]],
    ["hk", [11, 12]],
  ]);
  const reports = closeOutbox([left("audit", 0), left("hk", 5)], {
    outbox: { close: () => loss },
    fleet: { unsaved: () => unsaved },
    telemetry,
  });
  return { reports, told };
}

test("an outbox that is written to the end loses nothing", () => {
  const { reports, told } = closing(null);
  expect(reports).toMatchObject([
    { sink: "audit", left: 0, lost: 0 },
    { sink: "hk", left: 5, lost: 0 },
  ]);
  expect(told).toEqual([]);
});

test("what stood only in memory is lost where not every sink has it, each event counted once", () => {
  const { reports, told } = closing({ events: 3, message: "disk I/O error" });
  expect(told).toEqual([{ events: 3, undelivered: 2, message: "disk I/O error" }]);
  expect(reports).toEqual([
    // It came after this sink had stopped.
    { sink: "audit", delivered: 1, left: 1, dead: 0, lost: 1 },
    { sink: "hk", delivered: 1, left: 5, dead: 0, lost: 2 },
  ]);
});
