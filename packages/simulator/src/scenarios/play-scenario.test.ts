import { expect, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";
import type { Scenario, ScenarioEvent, ScenarioStep } from "./scenario.ts";

const began = Date.parse("2026-04-11T22:12:00Z");

const reboot: ScenarioEvent = {
  id: "reboot",
  after: 0,
  type: "Reboot",
  source: "Platform",
  description: "",
  duration: -1,
  resources: ["{vm}"],
  course: { notice: 600, startedFor: 600 },
};

const story = (steps: readonly ScenarioStep[], events = [reboot]): Scenario => ({
  summary: "",
  events,
  steps,
});

async function world(timeScale = 1) {
  const clock = createManualClock(began);
  const log: string[] = [];
  const simulator = await startSimulator({
    clock,
    timeScale,
    vms: [{ name: "web_0" }, { name: "web_1" }],
    onChange: ({ action, at }) => log.push(`${(at - began) / 1000} ${action}`),
  });
  return { clock, simulator, log, [Symbol.asyncDispose]: simulator.close };
}

test("a fault strikes the VM that is named, and the time scale shortens how long and how slowly", async () => {
  await using here = await world(10);
  const [one, other] = here.simulator.vms;
  const ended = here.simulator.play(
    story([
      { after: 10, action: { do: "fail", vm: "WEB_1", rule: { fault: 429, forSeconds: 100 } } },
      { after: 20, action: { do: "fail", rule: { fault: { slow: 50_000 }, next: 1 } } },
    ]),
  );
  await here.clock.advance(1000);
  expect([(await ask(one!, EVENTS)).status, (await ask(other!, EVENTS)).status]).toEqual([200, 429]);
  expect(other!.faults).toEqual([{ fault: 429, forSeconds: 10 }]);
  await here.clock.advance(1000);
  expect(one!.faults).toEqual([{ fault: { slow: 5000 }, next: 1 }]);
  await here.clock.advance(118_000);
  await ended;
});

test("a step that waits for what never comes does not happen, and one that does comes in its time", async () => {
  await using here = await world();
  const remark = (text: string) => ({ do: "changeVm", set: { tags: { [text]: "" } } }) as const;
  const ended = here.simulator.play(
    story([
      { after: 5, when: { event: "reboot", is: "approved" }, action: remark("approved") },
      { after: 5, when: { event: "reboot", is: "started" }, action: remark("started") },
      { after: 700, unless: { event: "reboot", is: "started" }, action: remark("unless") },
    ]),
  );
  await here.clock.advance(604_999);
  expect(here.simulator.vm.tags).toMatchObject({ env: "prod" });
  await here.clock.advance(1);
  expect(here.simulator.vm.tags).toEqual({ started: "" });
  await here.clock.advance(700_000);
  await ended;
  expect(here.simulator.vm.tags).toEqual({ started: "" });
});

test("a step upon the end of the last event still happens", async () => {
  await using here = await world();
  const ended = here.simulator.play(
    story([
      { after: 0, when: { event: "reboot", is: "removed" }, action: { do: "restore", event: "reboot" } },
    ]),
  );
  await here.clock.advance(1_200_000);
  await ended;
  expect(here.log).toEqual(["0 added", "600 started", "1200 removed", "1200 added"]);
});

test("a whole document is shown at once: what differs is told, and NotBefore is as far ahead as it was", async () => {
  await using here = await world(10);
  const seenAt = Date.parse("2020-01-01T00:00:00Z");
  const { EventId } = here.simulator.schedule({ EventType: "Freeze" });
  const event = {
    ...here.simulator.document().Events[0]!,
    EventId: "A",
    NotBefore: "Wed, 01 Jan 2020 00:10:00 GMT",
  };
  const document = {
    DocumentIncarnation: 279,
    Events: [event, { ...event, EventId: "B", NotBefore: "soon" }],
  };
  const ended = here.simulator.play(story([{ after: 0, action: { do: "document", document, seenAt } }], []));
  await here.clock.advance(0);
  await ended;
  expect(here.simulator.document()).toMatchObject({
    DocumentIncarnation: 279,
    Events: [
      { EventId: "A", NotBefore: "Sat, 11 Apr 2026 22:13:00 GMT" },
      { EventId: "B", NotBefore: "soon" },
    ],
  });
  expect(here.log).toEqual(["0 added", "0 added", "0 added", "0 removed"]);
  expect(() => here.simulator.start(EventId)).toThrow(RangeError);
});

test.each([
  [{ do: "start", event: "other" } as const, "the event other, which the scenario does not have"],
  [{ do: "changeVm", vm: "web_9", set: {} } as const, "There is no VM web_9. There are: web_0, web_1."],
])("%j is refused before anything happens", async (action, words) => {
  await using here = await world();
  await expect(here.simulator.play(story([{ after: 0, action }]))).rejects.toThrow(words);
  expect(here.log).toEqual([]);
});

test("what is no longer there is left alone", async () => {
  await using here = await world();
  const ended = here.simulator.play(
    story([
      { after: 1, action: { do: "remove", event: "reboot" } },
      { after: 2, action: { do: "start", event: "reboot" } },
      { after: 3, action: { do: "update", event: "reboot", patch: { EventType: "Freeze" } } },
      { after: 4, action: { do: "remove", event: "reboot" } },
    ]),
  );
  await here.clock.advance(4000);
  await ended;
  expect(here.log).toEqual(["0 added", "1 removed"]);
});
