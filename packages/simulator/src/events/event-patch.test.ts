import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { completeEvent, wirePatch } from "./event-patch.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-04-11T22:11:57.001Z") }));
afterEach(() => void vi.useRealTimers());

test("an event needs no more than its type", () => {
  expect(completeEvent({ EventType: "Preempt" }, "web-01", 1)).toEqual({
    EventId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    EventStatus: "Scheduled",
    EventType: "Preempt",
    ResourceType: "VirtualMachine",
    Resources: ["web-01"],
    NotBefore: "Sat, 11 Apr 2026 22:12:28 GMT",
    Description: "",
    EventSource: "Platform",
    DurationInSeconds: -1,
  });
});

test("the time scale shortens the notice, an unknown type gets 15 min", () => {
  const notBefore = (EventType: string, timeScale: number) =>
    completeEvent({ EventType }, "web-01", timeScale).NotBefore;
  expect(notBefore("Terminate", 60)).toBe("Sat, 11 Apr 2026 22:12:03 GMT");
  expect(notBefore("SomethingNew", 1)).toBe("Sat, 11 Apr 2026 22:26:58 GMT");
});

test("an event that appears as Started has no NotBefore", () => {
  expect(completeEvent({ EventType: "Reboot", EventStatus: "Started" }, "web-01", 1).NotBefore).toBe("");
});

test("a Date is rounded up and written in GMT, text is served as given", () => {
  expect(wirePatch({ NotBefore: new Date(Date.now()) }).NotBefore).toBe("Sat, 11 Apr 2026 22:11:58 GMT");
  expect(wirePatch({ NotBefore: "2026-04-11T22:11:57Z" }).NotBefore).toBe("2026-04-11T22:11:57Z");
  expect(wirePatch({ Description: "x" })).toEqual({ Description: "x" });
});
