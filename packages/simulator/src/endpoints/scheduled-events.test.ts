import { afterEach, beforeEach, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { approval, ask, EVENTS } from "../testing/ask.ts";

let simulator: Simulator;
beforeEach(async () => void (simulator = await startSimulator()));
afterEach(() => simulator.close());

test("the document is empty at first", async () => {
  expect(await ask(simulator, EVENTS)).toMatchObject({
    status: 200,
    text: '{"DocumentIncarnation":1,"Events":[]}',
  });
});

test("an event is served with Azure's fields, numbers as numbers", async () => {
  const event = simulator.schedule({ EventType: "Freeze", DurationInSeconds: 5, NotBefore: new Date(0) });
  expect((await ask(simulator, EVENTS)).json).toEqual({
    DocumentIncarnation: 2,
    Events: [{ ...event, NotBefore: "Thu, 01 Jan 1970 00:00:00 GMT", Resources: ["web-01"] }],
  });
});

test("an older api-version shows less", async () => {
  simulator.schedule({ EventType: "Freeze" });
  const { text } = await ask(simulator, "/metadata/scheduledevents?api-version=2017-03-01");
  expect(text).toContain('"_web-01"');
  expect(text).not.toContain("DurationInSeconds");
});

test("an approval starts the event at once, also again and in lower case", async () => {
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  const first = await ask(simulator, EVENTS, approval(EventId.toLowerCase()));
  expect(first).toMatchObject({ status: 200, text: "" });
  expect(first.headers.get("content-length")).toBe("0");
  expect(simulator.document()).toMatchObject({
    DocumentIncarnation: 3,
    Events: [{ EventId, EventStatus: "Started", NotBefore: "" }],
  });
  expect(await ask(simulator, EVENTS, approval(EventId))).toMatchObject({ status: 200 });
  expect(simulator.document().DocumentIncarnation).toBe(3);
});

test("one approval may name several events", async () => {
  const ids = ["Reboot", "Freeze"].map((EventType) => simulator.schedule({ EventType }).EventId);
  expect(await ask(simulator, EVENTS, approval(...ids))).toMatchObject({ status: 200 });
  expect(simulator.document().Events.map(({ EventStatus }) => EventStatus)).toEqual(["Started", "Started"]);
});

test("an approval with an unknown id is refused and starts nothing", async () => {
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  const unknown = "00000000-0000-0000-0000-000000000000";
  expect(await ask(simulator, EVENTS, approval(EventId, unknown))).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining(unknown) },
  });
  expect(simulator.document().Events).toMatchObject([{ EventStatus: "Scheduled" }]);
});

test("a malformed approval is refused", async () => {
  const headers = { Metadata: "true" };
  for (const body of ["{", '{"StartRequests":[]}', null])
    expect(await ask(simulator, EVENTS, { method: "POST", headers, body })).toMatchObject({ status: 400 });
});

test("an approval keeps the rules too", async () => {
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  const bare = { ...approval(EventId), headers: {} };
  expect(await ask(simulator, EVENTS, bare)).toMatchObject({ status: 400 });
  expect(await ask(simulator, "/metadata/scheduledevents", approval(EventId))).toMatchObject({ status: 400 });
  expect(simulator.document().Events).toMatchObject([{ EventStatus: "Scheduled" }]);
});
