import { scenarios } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

const { demo } = scenarios;

test("real time and slower need nothing else than real polls", () => {
  expect(paceOf(demo, 1)).toMatchObject({ timeScale: 1, longestPollMs: Infinity });
  expect(paceOf(demo, 0.5)).toMatchObject({ timeScale: 0.5, longestPollMs: Infinity });
});

test("the faster the story, the more often it is looked at", () => {
  expect(paceOf(demo, 2)).toMatchObject({ timeScale: 2, longestPollMs: 250 });
  expect(paceOf(demo, 5)).toMatchObject({ timeScale: 5, longestPollMs: 100 });
});

test("no story is so fast that a part of it would be over between two looks", () => {
  expect(paceOf(demo, 60)).toMatchObject({ timeScale: 5, longestPollMs: 100 });
  expect(paceOf(scenarios["reboot-platform"], 60)).toMatchObject({
    timeScale: 60,
    longestPollMs: 3333,
  });
});

test("a part that real polls would miss, too, holds nothing up", () => {
  const [event] = demo.events;
  if (event === undefined) throw new Error("demo has an event");
  const events = [{ ...event, course: { notice: 0, startedFor: 0.2 } }];
  expect(paceOf({ summary: "", events }, 60)).toMatchObject({ timeScale: 60, longestPollMs: Infinity });
});
