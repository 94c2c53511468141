import { EventEmitter } from "node:events";
import type { Telemetry } from "@forewarn/agent";
import { expect, test } from "vitest";
import { tally } from "./summary.ts";

test("an EventId whose case changes is one story, one that returns is another", () => {
  const telemetry = new EventEmitter();
  const counted = tally(telemetry as unknown as Telemetry);
  const chapters = [
    ["A-1", 1, "scheduled"],
    ["a-1", 1, "canceled"],
    ["A-1", 2, "scheduled"],
  ] as const;
  for (const [eventId, occurrence, phase] of chapters) {
    const event = {
      type: `io.forewarn.scheduledevent.${phase}`,
      data: { eventId, occurrence, phase, eventType: "Reboot" },
    };
    telemetry.emit("appended", [{ event }]);
  }
  const { stories, events } = counted.summary([], { received: 0, verified: 0, refused: 0, duplicates: 0 });
  expect(events).toBe(3);
  expect(stories.map(({ phases }) => phases)).toEqual([["scheduled", "canceled"], ["scheduled"]]);
});
