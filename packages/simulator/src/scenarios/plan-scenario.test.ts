import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createLiveDocument } from "../events/live-document.ts";
import { planScenario } from "./plan-scenario.ts";
import type { TimelineStep } from "./plan-scenario.ts";
import type { ScenarioCourse, ScenarioEvent } from "./scenario.ts";
import { THIS_VM } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import type { ScenarioName } from "./scenarios.ts";

const names = Object.keys(scenarios) as ScenarioName[];
const startAt = Date.parse("2026-04-11T22:11:57.400Z");
const options = { startAt, vmName: "web-01", newId: () => "ID" };

function story(steps: readonly TimelineStep[]) {
  return steps.map(({ at, action, ...step }) => [
    (at - startAt) / 1000,
    action,
    ...("event" in step ? [step.event.EventStatus, step.event.NotBefore] : []),
  ]);
}

const seconds = fc.double({ min: 0.001, max: 100_000, noNaN: true });
const course: fc.Arbitrary<ScenarioCourse> = fc.oneof(
  fc.record({ notice: fc.oneof(fc.constant(0), seconds), startedFor: seconds }),
  seconds.chain((notice) =>
    fc.record({
      notice: fc.constant(notice),
      cancelledAfter: fc.double({ min: 0, max: notice * 0.999, noNaN: true }),
    }),
  ),
);
const event: fc.Arbitrary<ScenarioEvent> = fc.record({
  after: fc.double({ min: 0, max: 10_000, noNaN: true }),
  type: fc.constantFrom("Freeze", "Reboot", "Redeploy", "Preempt", "Terminate"),
  source: fc.constantFrom("Platform", "User"),
  description: fc.string(),
  duration: fc.integer({ min: -1, max: 60 }),
  resources: fc.constant([THIS_VM]),
  course,
});

describe("any scenario", () => {
  const scenario = fc.record({ summary: fc.constant(""), events: fc.array(event, { maxLength: 5 }) });
  const anyStart = fc.double({ min: 0, max: 4e12, noNaN: true });
  const timeScale = fc.double({ min: 0.01, max: 10_000, noNaN: true });
  const planned = fc.tuple(scenario, anyStart, timeScale).map(([story, startAt, timeScale]) => ({
    story,
    steps: planScenario(story, { startAt, vmName: "web-01", timeScale }),
  }));

  test("starts each event at its NotBefore, a whole second not before its appearance", () => {
    fc.assert(
      fc.property(planned, ({ steps }) => {
        for (const added of steps) {
          if (added.action !== "add" || added.event.EventStatus === "Started") continue;
          const notBefore = Date.parse(added.event.NotBefore);
          expect(new Date(notBefore).toUTCString()).toBe(added.event.NotBefore);
          expect(notBefore).toBeGreaterThanOrEqual(added.at);
          const starts = steps.filter(
            ({ eventId, action }) => eventId === added.eventId && action === "start",
          );
          expect(starts.every(({ at }) => at === notBefore)).toBe(true);
        }
      }),
    );
  });

  test("keeps one id per event, and each step raises the incarnation by one", () => {
    fc.assert(
      fc.property(planned, ({ story, steps }) => {
        expect(new Set(steps.map(({ eventId }) => eventId)).size).toBe(story.events.length);
        const live = createLiveDocument();
        let time = -Infinity;
        for (const step of steps) {
          const { DocumentIncarnation } = live.snapshot();
          if (step.action === "add") live.add(step.event);
          else live[step.action](step.eventId);
          expect(live.snapshot().DocumentIncarnation).toBe(DocumentIncarnation + 1);
          expect(step.at).toBeGreaterThanOrEqual(time);
          time = step.at;
        }
        expect(live.snapshot().Events).toEqual([]);
      }),
    );
  });
});

test("a user's restart: Scheduled, Started after the notice rounded up, removed 10 min later", () => {
  const steps = planScenario("reboot-user", options);
  expect(story(steps)).toEqual([
    [0, "add", "Scheduled", "Sat, 11 Apr 2026 22:26:58 GMT"],
    [900.6, "start"],
    [1500.6, "remove"],
  ]);
  expect(steps[0]).toMatchObject({
    event: {
      EventId: "ID",
      EventType: "Reboot",
      ResourceType: "VirtualMachine",
      Resources: ["web-01"],
      Description: "Virtual machine is going to be restarted as requested by authorized user.",
      EventSource: "User",
      DurationInSeconds: -1,
    },
  });
});

test("a time scale of 60 turns 15 min into 15 s, with NotBefore in real time", () => {
  expect(story(planScenario("reboot-user", { ...options, timeScale: 60 }))).toEqual([
    [0, "add", "Scheduled", "Sat, 11 Apr 2026 22:12:13 GMT"],
    [15.6, "start"],
    [25.6, "remove"],
  ]);
});

test("a hardware failure appears as Started", () => {
  expect(story(planScenario("hardware-failure", options))).toEqual([
    [0, "add", "Started", ""],
    [600, "remove"],
  ]);
});

test("a cancelled event is removed before its NotBefore and never starts", () => {
  expect(story(planScenario("cancelled", options))).toEqual([
    [0, "add", "Scheduled", "Sat, 11 Apr 2026 22:26:58 GMT"],
    [480, "remove"],
  ]);
});

test("the first resource is the simulated VM, the others stay", () => {
  const [added] = planScenario("freeze-live-migration", { ...options, vmName: "db-07" });
  expect(added).toMatchObject({ event: { Resources: ["db-07", "WestNO_1"] } });
});

test("the demo takes about 17 s, changes nothing in its first second and overlaps two events", () => {
  for (const fraction of [0, 1, 400, 999]) {
    const began = Date.parse("2026-04-11T22:11:57Z") + fraction;
    const steps = planScenario("demo", { startAt: began, vmName: "web-01" });
    const at = (index: number) => ((steps[index]?.at ?? 0) - began) / 1000;
    expect(at(0)).toBe(1);
    expect(at(steps.length - 1)).toBeGreaterThanOrEqual(16.5);
    expect(at(steps.length - 1)).toBeLessThanOrEqual(17.5);
    expect(steps.map(({ action }) => action).slice(0, 3)).toEqual(["add", "add", "start"]);
    expect(new Set(steps.map((step) => Math.round(step.at))).size).toBe(9);
  }
});

test("every play of a scenario has fresh ids: GUIDs in upper-case hex", () => {
  const ids = [1, 2].flatMap(() => planScenario("demo", { startAt, vmName: "web-01" })).map((s) => s.eventId);
  expect(new Set(ids).size).toBe(6);
  for (const id of ids) expect(id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
});

test("wrong input is refused", () => {
  const noNotice = { ...scenarios.cancelled.events[0]!, course: { notice: 5, cancelledAfter: 5 } };
  expect(() => planScenario("reboot" as ScenarioName, options)).toThrow(
    /No scenario "reboot"\. Known: .*reboot-user/,
  );
  expect(() => planScenario("toString" as ScenarioName, options)).toThrow(RangeError);
  expect(() => planScenario({ summary: "", events: [noNotice] }, options)).toThrow(
    "only be cancelled before",
  );
  for (const timeScale of [0, -1, NaN, Infinity])
    expect(() => planScenario("demo", { ...options, timeScale })).toThrow("time scale");
});

test.each(names)("%s has the simulated VM as its first resource and a summary", (name) => {
  const { summary, events } = scenarios[name];
  expect(summary).toMatch(/^[A-Z].+\.$/);
  expect(events.map(({ resources }) => resources[0])).toEqual(events.map(() => THIS_VM));
});

test.each<[ScenarioName, string, number, number]>([
  ["freeze-live-migration", "Freeze", 900, 300],
  ["freeze-host-agent-maintenance", "Freeze", 900, 600],
  ["freeze-30s-memory-preserving", "Freeze", 900, 600],
  ["reboot-user", "Reboot", 900, 600],
  ["reboot-platform", "Reboot", 900, 600],
  ["redeploy-user", "Redeploy", 600, 600],
  ["redeploy-platform-failure", "Redeploy", 600, 600],
  ["preempt-spot", "Preempt", 30, 600],
  ["terminate-vmss", "Terminate", 300, 600],
  ["zero-impact-network", "Freeze", 900, 600],
])("%s is a %s with %i s of notice, Started for %i s", (name, type, notice, startedFor) => {
  expect(scenarios[name].events).toMatchObject([{ type, after: 0, course: { notice, startedFor } }]);
});
