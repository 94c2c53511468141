import type { ScheduledEventEntry } from "@forewarn/imds";
import type { Severity } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { eventId, scheduled, self, started } from "./fixtures/entry.ts";
import { type Seen, watching } from "./fixtures/watch.ts";

const other = { resources: ["web-02", "web-011"] };
const third = { durationSeconds: null };

/** The whole life of an event that is updated, started, and over. */
function life(entry: Partial<ScheduledEventEntry>, name: string | null = self): readonly Seen[] {
  const watch = watching({ name });
  return [[scheduled(entry)], [scheduled({ ...entry, description: "" })], [started(entry)], []].map(
    (entries) => watch.see(entries),
  );
}

/** The two ends that are not `completed`. */
function ends(entry: Partial<ScheduledEventEntry>, name: string | null = self): readonly Seen[] {
  return [1000, 60_000].map((afterMs) => {
    const watch = watching({ name });
    watch.see([scheduled(entry)]);
    return watch.see([], { afterMs });
  });
}

const events = (seen: readonly Seen[]) => seen.flatMap((one) => one.events);
const drafts = (seen: readonly Seen[]) => seen.flatMap((one) => one.drafts);

const cases: readonly [string, Partial<ScheduledEventEntry>, Severity, Severity][] = [
  ["Preempt", { eventType: "Preempt", ...third }, "error", "error"],
  ["Terminate", { eventType: "Terminate", ...third }, "error", "error"],
  ["Redeploy", { eventType: "Redeploy", ...third }, "error", "error"],
  ["Reboot", { eventType: "Reboot", ...third }, "error", "error"],
  ["reboot, in lower case, of duration 0", { eventType: "reboot", durationSeconds: 0 }, "error", "error"],
  ["Freeze", { eventType: "Freeze", durationSeconds: 5 }, "warn", "warn"],
  ["Freeze of unknown duration", { eventType: "Freeze", ...third }, "warn", "warn"],
  ["Freeze of duration 0", { eventType: "Freeze", durationSeconds: 0 }, "info", "info"],
  ["a type that is not known", { eventType: "SomethingNew", ...third }, "warn", "warn"],
  [
    "a type that is not known, of duration 0",
    { eventType: "SomethingNew", durationSeconds: 0 },
    "info",
    "info",
  ],
];

describe.each(cases)("%s", (_, entry, impact, unknown) => {
  const numbers = { info: 9, warn: 13, error: 17 } as const;

  test.each([
    ["of self", {}, self, impact, true],
    ["of self, in another case", {}, self.toUpperCase(), impact, true],
    ["of self and others", { resources: ["web-02", self] }, self, impact, true],
    ["of others", other, self, "info", false],
    ["of nobody", { resources: [] }, self, "info", false],
    ["while the own name is unknown", {}, null, unknown, undefined],
  ] as const)("%s", (_, whose, name, expected, affects) => {
    const told = events([...life({ ...entry, ...whose }, name), ...ends({ ...entry, ...whose }, name)]);
    expect(told.map(({ data }) => data.phase)).toEqual([
      "scheduled",
      "updated",
      "started",
      "completed",
      "canceled",
      "ended",
    ]);
    for (const event of told) {
      const open = ["scheduled", "updated", "started"].includes(event.data.phase);
      const severity = open ? expected : "info";
      expect(event).toMatchObject({
        severitytext: severity.toUpperCase(),
        severitynumber: numbers[severity],
        data: { impact: expected },
      });
      expect([event.affectsself, event.data.affectsSelf]).toEqual([affects, affects]);
    }
    // What `minSeverity` compares is the same for every phase, so that a story is closed where it was opened.
    for (const draft of drafts(life({ ...entry, ...whose }, name))) expect(draft.rank).toBe(expected);
  });
});

describe("within one occurrence impact and affectsSelf may rise but never fall", () => {
  test("Freeze → Reboot → Freeze stays error", () => {
    const watch = watching();
    const impacts = ["Freeze", "Reboot", "Freeze"].map(
      (eventType) => watch.see([scheduled({ eventType })]).events[0]?.data.impact,
    );
    expect(impacts).toEqual(["warn", "error", "error"]);
    expect(watch.see([]).events[0]?.data.impact).toBe("error");
  });

  test("self is taken from the list: it stays an event that affected self", () => {
    const watch = watching();
    const told = [[self, "web-02"], ["web-02"]].map(
      (resources) => watch.see([scheduled({ resources })]).events[0]?.data,
    );
    expect(told.map((data) => [data?.affectsSelf, data?.impact])).toEqual([
      [true, "warn"],
      [true, "warn"],
    ]);
  });

  test("self is added to the list: it turns true and the impact rises", () => {
    const watch = watching();
    const told = [["web-02"], ["web-02", self]].map(
      (resources) => watch.see([scheduled({ resources, eventType: "Reboot" })]).events[0]?.data,
    );
    expect(told.map((data) => [data?.affectsSelf, data?.impact])).toEqual([
      [false, "info"],
      [true, "error"],
    ]);
  });

  test("the next occurrence begins anew", () => {
    const watch = watching();
    watch.see([scheduled({ eventType: "Reboot" })]);
    watch.see([]);
    expect(watch.see([scheduled(other)]).events[0]?.data).toMatchObject({
      affectsSelf: false,
      impact: "info",
    });
  });
});

describe("the own name is learned later", () => {
  test("self: told from then on, remembered without an event", () => {
    const watch = watching({ name: null });
    const [opening] = watch.see([scheduled()]).events;
    expect(opening?.data).not.toHaveProperty("affectsSelf");
    watch.rename(self.toUpperCase());
    expect(watch.see([scheduled()])).toMatchObject({ events: [], lifecycles: [{ affectsSelf: true }] });
    expect(watch.see([scheduled()]).lifecycles).toEqual([]);
    const [event] = watch.see([started()]).events;
    // The impact that was told before does not fall.
    expect(event).toMatchObject({ affectsself: true, data: { affectsSelf: true, impact: "warn" } });
  });

  test("others: stays unknown, so that a sink with scope self that was told of it is told of its end", () => {
    const watch = watching({ name: null });
    watch.see([scheduled(other)]);
    watch.rename(self);
    expect(watch.see([scheduled(other)])).toMatchObject({ events: [], lifecycles: [] });
    for (const entries of [[started(other)], []]) {
      const [event] = watch.see(entries).events;
      expect(event).not.toHaveProperty("affectsself");
      expect(event?.data).not.toHaveProperty("affectsSelf");
    }
  });

  test("only when it is gone: its end tells it", () => {
    const watch = watching({ name: null });
    watch.see([scheduled()]);
    watch.rename(self);
    expect(watch.see([]).events[0]?.data).toMatchObject({ phase: "canceled", affectsSelf: true });
  });

  test("and is not forgotten where it becomes unknown again", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.rename(null);
    expect(watch.see([started()]).events[0]?.data.affectsSelf).toBe(true);
  });
});

test("the events of other VMs are told too, each by itself", () => {
  const watch = watching();
  const seen = watch.see([scheduled(), scheduled({ eventId: "OTHER", ...other })]);
  expect(seen.events.map(({ data }) => [data.eventId, data.affectsSelf])).toEqual([
    [eventId, true],
    ["OTHER", false],
  ]);
});
