import type { ForewarnEvent, ScheduledEventData } from "@forewarn/sdk";
import { expect, it } from "vitest";
import { asSeen } from "../fixtures/as-seen.ts";
import { noon, own, scheduled } from "../fixtures/events.ts";
import { createRender } from "./render.ts";
import { createStories } from "./stories.ts";

const minute = 60_000;

function rendered(event: ForewarnEvent, now: number): readonly [notification: string, blocks: string] {
  const { rich } = createRender({}, createStories())(event, now);
  return [rich.text ?? "", asSeen(rich)];
}

it.each([
  ["a part of a second has passed", 400, "in 15 min"],
  ["40 s have passed", 40_000, "in 14 min"],
  ["it was told much later", 12 * minute, "in 3 min"],
  ["there is little time left", 13.5 * minute + 400, "in 1 min 30 s"],
])("says in the notification what the message says, where %s", (_, passed, words) => {
  const [notification, blocks] = rendered(scheduled(), noon + passed);
  expect(notification).toContain(`Reboot of web-01 ${words}, not before`);
  expect(blocks).toContain(`# 🔴 Reboot of web-01 ${words}`);
  expect(blocks).toContain(`or later (${words})`);
});

it("does not count down in the notification to what is due", () => {
  expect(rendered(scheduled(), noon + 15 * minute)[0]).toContain("Reboot of web-01 not before");
});

it.each([
  [4970, "5 s"],
  [89_600, "1 min 30 s"],
  [400, "400 ms"],
])("says twice how much notice there was: %d ms", (noticeMs, words) => {
  const started: Partial<ScheduledEventData> = { phase: "started", noticeMs };
  const [notification, blocks] = rendered(scheduled(started), noon);
  expect(notification).toContain(`${words} after it was announced`);
  expect(blocks).toContain(`${words} before it started`);
});

it("says twice how long something of its own lasted", () => {
  const [notification, blocks] = rendered(own("imds.recovered", "INFO", { downMs: 14_700 }), noon);
  expect(notification).toContain("after 14.7 s");
  expect(blocks).toContain("After 14.7 s without an answer");
});

it("has a verb that fits one VM and many", () => {
  const resources = ["web-01", "web-02", "web-03"];
  const [, blocks] = rendered(scheduled({ phase: "canceled", resources }), noon);
  expect(blocks).toContain("# ✅ Reboot of web-01 and 2 more canceled");
});
