import { parseScheduledEvents, type ScheduledEventEntry } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import { chooseEvent, whyNot } from "./choose-event.ts";

const noon = Date.UTC(2026, 10, 22, 12);

function entry(EventId: string, changes: Readonly<Record<string, unknown>> = {}): ScheduledEventEntry {
  const event = {
    EventId,
    EventType: "Reboot",
    EventStatus: "Scheduled",
    ResourceType: "VirtualMachine",
    Resources: ["web-01"],
    NotBefore: new Date(noon + 60_000).toUTCString(),
    ...changes,
  };
  const { events } = parseScheduledEvents(JSON.stringify({ DocumentIncarnation: 1, Events: [event] }));
  return events[0] as ScheduledEventEntry;
}

const entries = [entry("C7061BAC-AFDC-4513"), entry("C7061BAD-AFDC-4513"), entry("f020ba2e-3bc0")];

describe("an id", () => {
  test.each([
    ["c7061bac-afdc-4513", "C7061BAC-AFDC-4513"],
    ["F0", "f020ba2e-3bc0"],
    ["C7061BAD", "C7061BAD-AFDC-4513"],
  ])("%s is %s", (given, eventId) => {
    expect(chooseEvent(given, entries)).toMatchObject({ entry: { eventId } });
  });

  test.each([
    ["C7", "2 events begin with C7: write more of the id"],
    [
      "C7061BAE-AFDC-4513",
      "Azure announces no event C7061BAE-AFDC-4513 now: did you mean C7061BAC-AFDC-4513?",
    ],
    ["nothing-like-it", "Azure announces no event nothing-like-it now"],
    ["\u001b[2J".padEnd(10_000, "x"), `Azure announces no event [2J${"x".repeat(60)}… now`],
  ])("%s is none", (given, problem) => {
    expect(chooseEvent(given, entries)).toEqual({ problem });
  });
});

describe("an event that cannot be approved", () => {
  const why = (
    changes: Readonly<Record<string, unknown>>,
    shared = false,
    ownName: string | null = "web-01",
  ) => whyNot(entry("A", changes), { shared, ownName, now: noon });

  test("says what to do", () => {
    expect(why({})).toBeNull();
    const both = { Resources: ["web-01", "web-02"] };
    expect(why(both)).toBe("it would start on web-02, too: --shared allows that");
    expect(why(both, true)).toBeNull();
    expect(why({ Resources: ["web-02", "web-03"] }, true)).toBe(
      "it does not name this VM, web-01: approve it on web-02 or web-03",
    );
    const many = Array.from({ length: 10_000 }, (_, index) => `web-${index + 2}`);
    expect(why({ Resources: ["web-01", ...many] })).toMatch(
      /^it would start on web-2, (web-\d, )+web-6 and 9995 more, too/,
    );
    expect(why({ Resources: many })).toMatch(/approve it on one of web-2, web-3, web-4 and 9997 more$/);
    expect(why({ EventStatus: "Started", NotBefore: "" })).toBe("it has started already");
    expect(why({}, false, null)).toBe("IMDS has not told this VM's own name yet");
    expect(why({ NotBefore: new Date(noon).toUTCString() })).toContain("its time has come");
  });
});
