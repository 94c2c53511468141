import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createLiveDocument } from "../events/live-document.ts";
import type { LiveDocument } from "../events/live-document.ts";
import { planScenario } from "./plan-scenario.ts";
import { playSteps } from "./play-steps.ts";
import type { Scenario } from "./scenario.ts";
import type { ScenarioName } from "./scenarios.ts";

const began = Date.parse("2026-04-11T22:12:00Z");
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers({ now: began }));
afterEach(() => void vi.useRealTimers());

/** Plays with the id "ID" and logs `[seconds, action]` of each change. */
function play(scenario: Scenario | ScenarioName, signal = never) {
  const live = createLiveDocument();
  const log: [number, string][] = [];
  live.onChange(({ at, action }) => log.push([(at - began) / 1000, action]));
  const plan = planScenario(scenario, { startAt: began, vmName: "web-01", newId: () => "ID" });
  let ended = false;
  const end = playSteps(live, plan, signal).finally(() => (ended = true));
  return { live, log, end, ended: () => ended };
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

function status(live: LiveDocument): string | undefined {
  return live.find("ID")?.EventStatus;
}

test("each step happens at its time and the play ends with the last", async () => {
  const { live, log, ended } = play("reboot-user");
  await pass(899.999);
  expect(status(live)).toBe("Scheduled");
  await pass(0.001);
  expect(live.find("ID")).toMatchObject({ EventStatus: "Started", NotBefore: "" });
  await pass(599.999);
  expect(ended()).toBe(false);
  await pass(0.001);
  expect(ended()).toBe(true);
  expect(log).toEqual([
    [0, "added"],
    [900, "started"],
    [1500, "removed"],
  ]);
});

test("an approved event starts at once and stays Started as long as planned", async () => {
  const { live, log, end } = play("reboot-user");
  await pass(100);
  live.start("ID", "approved");
  await pass(600);
  await end;
  expect(log).toEqual([
    [0, "added"],
    [100, "approved"],
    [700, "removed"],
  ]);
});

test("an event whose NotBefore is moved starts then, not before", async () => {
  const { live, log, end } = play("preempt-spot");
  await pass(10);
  live.update("ID", { NotBefore: new Date(began + 60_000) });
  await pass(49);
  expect(status(live)).toBe("Scheduled");
  await pass(601);
  await end;
  expect(log.slice(1)).toEqual([
    [10, "updated"],
    [60, "started"],
    [660, "removed"],
  ]);
});

test("an event with an unreadable NotBefore starts as planned", async () => {
  const { live, log } = play("preempt-spot");
  await pass(1);
  live.update("ID", { NotBefore: "soon" });
  await pass(29);
  expect(log.at(-1)).toEqual([30, "started"]);
});

test("an event that someone else removes ends its play", async () => {
  const { live, log, end } = play("reboot-user");
  await pass(5);
  live.remove("ID");
  await end;
  expect(log).toEqual([
    [0, "added"],
    [5, "removed"],
  ]);
});

test("an abort rejects with its reason and leaves the document", async () => {
  const stop = new AbortController();
  const { live, end } = play("reboot-user", stop.signal);
  await pass(5);
  stop.abort(new Error("enough"));
  await expect(end).rejects.toThrow("enough");
  expect(status(live)).toBe("Scheduled");
  expect(vi.getTimerCount()).toBe(0);
});

test("a notice longer than a Node.js timer can wait is kept", async () => {
  const days = 24 * 3600;
  const { log, end } = play({
    summary: "",
    events: [
      {
        after: 0,
        type: "Redeploy",
        source: "Platform",
        description: "",
        duration: -1,
        resources: ["a"],
        course: { notice: 40 * days, startedFor: 1 },
      },
    ],
  });
  await pass(40 * days + 1);
  await end;
  expect(log.at(1)).toEqual([40 * days, "started"]);
});
