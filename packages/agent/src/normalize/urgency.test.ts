import type { ScheduledEventEntry } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import { noon, scheduled, self, started } from "./fixtures/entry.ts";
import { type Watch, watching } from "./fixtures/watch.ts";

const minute = 60_000;
const quarterPast = noon + 15 * minute;
const others = { resources: ["web-02"] };

function urgencyOf(watch: Watch, entries: readonly ScheduledEventEntry[]) {
  const [draft, ...more] = watch.see(entries).drafts;
  expect([draft === undefined, more]).toEqual([false, []]);
  return draft?.urgency ?? null;
}

describe("scheduled, updated: deadline = NotBefore, urgentFrom = NotBefore − 15 min for impact error, − 2 min otherwise", () => {
  test.each<[string, Partial<ScheduledEventEntry>, number]>([
    ["a Preempt of self", { eventType: "Preempt" }, 15],
    ["a Freeze of self", {}, 2],
    ["a Freeze of no duration", { durationSeconds: 0 }, 2],
    ["a Preempt of others", { eventType: "Preempt", ...others }, 2],
  ])("%s: %#", (_, entry, minutes) => {
    const watch = watching();
    const expected = { from: quarterPast - minutes * minute, deadline: quarterPast };
    expect(urgencyOf(watch, [scheduled(entry)])).toEqual(expected);
    expect(urgencyOf(watch, [scheduled({ ...entry, description: "" })])).toEqual(expected);
  });

  test("an update moves it", () => {
    const watch = watching();
    watch.see([scheduled()]);
    const notBefore = noon + 60 * minute;
    expect(urgencyOf(watch, [scheduled({ notBefore })])).toEqual({
      from: notBefore - 2 * minute,
      deadline: notBefore,
    });
  });

  test("unknown NotBefore: never", () => {
    expect(urgencyOf(watching(), [scheduled({ notBefore: null, notBeforeRaw: "" })])).toBeNull();
  });

  test("while the own name is unknown it may be self", () => {
    const watch = watching({ name: null });
    expect(urgencyOf(watch, [scheduled({ eventType: "Preempt" })])?.from).toBe(noon);
  });
});

describe("started of self: deadline = time + 2 min, urgent at once; others never", () => {
  const at = noon + 1000;

  test.each([
    ["self", self, { from: at, deadline: at + 2 * minute }],
    ["perhaps self", null, { from: at, deadline: at + 2 * minute }],
    ["others", "web-02", null],
  ])("%s", (_, name, expected) => {
    expect(urgencyOf(watching({ name }), [started()])).toEqual(expected);
  });
});

describe("everything else: never", () => {
  test("an update once Started", () => {
    const watch = watching();
    watch.see([scheduled()]);
    watch.see([started()]);
    expect(urgencyOf(watch, [started({ durationSeconds: 30 })])).toBeNull();
  });

  test("completed, canceled, ended", () => {
    const ends = [
      { entry: started(), afterMs: 1000, phase: "completed" },
      { entry: scheduled(), afterMs: 1000, phase: "canceled" },
      { entry: scheduled(), afterMs: minute, phase: "ended" },
    ];
    for (const { entry, afterMs, phase } of ends) {
      const watch = watching();
      watch.see([entry]);
      watch.pass(afterMs - 1000);
      const [draft] = watch.see([]).drafts;
      expect(draft).toMatchObject({ type: `io.forewarn.scheduledevent.${phase}`, urgency: null });
    }
  });
});
