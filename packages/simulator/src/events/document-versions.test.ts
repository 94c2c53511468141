import { expect, test } from "vitest";

import { documentAt, scheduledEventsVersions } from "./document-versions.ts";
import { completeEvent } from "./event-patch.ts";

const event = completeEvent({ EventType: "Freeze", Resources: ["WestNO_0"] }, "web-01", 1);
const first = ["EventId", "EventStatus", "EventType", "ResourceType", "Resources", "NotBefore"];

function shown(version: string, EventType = "Freeze") {
  const document = { DocumentIncarnation: 2, Events: [{ ...event, EventType }] };
  return documentAt(version, document) as { Events: Record<string, unknown>[] };
}

test.each([
  ["2017-03-01", first],
  ["2017-08-01", first],
  ["2019-01-01", first],
  ["2019-04-01", [...first, "Description"]],
  ["2019-08-01", [...first, "Description", "EventSource"]],
  ["2020-07-01", [...first, "Description", "EventSource", "DurationInSeconds"]],
])("%s shows the fields it knows", (version, fields) => {
  expect(Object.keys(shown(version).Events[0] ?? {})).toEqual(fields);
});

test("resource names have an underscore in front at 2017-03-01 only", () => {
  expect(shown("2017-03-01").Events[0]).toMatchObject({ Resources: ["_WestNO_0"] });
  expect(shown("2017-08-01").Events[0]).toMatchObject({ Resources: ["WestNO_0"] });
});

test("an event type is shown from its version on", () => {
  const since = (type: string) =>
    scheduledEventsVersions.find((version) => shown(version, type).Events.length > 0);
  expect([since("Freeze"), since("Preempt"), since("Terminate"), since("SomethingNew")]).toEqual([
    "2017-03-01",
    "2017-11-01",
    "2019-01-01",
    "2017-03-01",
  ]);
});
