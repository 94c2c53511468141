import { describe, expect, test } from "vitest";
import { eventId, id, scheduled, started } from "./fixtures/entry.ts";
import { idsOf, type Watch, watching } from "./fixtures/watch.ts";

const second = 1000;
const minute = 60_000;
const hour = 60 * minute;

const reboot = () => scheduled({ eventType: "Reboot", durationSeconds: null });

/** A VM that knows one event, Scheduled unless told otherwise. */
function knowing(entry = scheduled()): Watch {
  const watch = watching();
  watch.see([entry]);
  return watch;
}

/** What its end tells, in the document after `afterMs`. */
function endOf(watch: Watch, afterMs = second) {
  const [event, ...more] = watch.see([], { afterMs }).events;
  expect(more).toEqual([]);
  expect(event?.data).toMatchObject({ eventId, occurrence: 1 });
  return { id: event?.id, severity: event?.severitytext, ...event?.data };
}

/** Asks at every second for a while, so that there is no gap. */
function keepSeeing(watch: Watch, entry: ReturnType<typeof scheduled>, ms: number): void {
  for (let passed = 0; passed < ms; passed += 5 * second) watch.see([entry], { afterMs: 5 * second });
}

test("after its end an event is told no more", () => {
  const watch = knowing();
  watch.see([]);
  expect(watch.see([])).toMatchObject({ events: [], lifecycles: [] });
  expect(watch.see([], { afterMs: hour })).toMatchObject({ events: [], lifecycles: [] });
  watch.restart("boot 2");
  expect(watch.see([])).toMatchObject({ events: [], lifecycles: [] });
});

describe("was Started | absent → `completed`", () => {
  test("next document", () => {
    const end = endOf(knowing(started()));
    expect(end).toMatchObject({ id: `${id}:completed`, phase: "completed", status: "Started" });
    expect(end).not.toHaveProperty("outcome");
    expect(end).not.toHaveProperty("gapMs");
    expect(end.severity).toBe("INFO");
  });

  test("with the notice that there was", () => {
    const watch = knowing();
    watch.see([started()], { afterMs: 9 * second });
    expect(endOf(watch)).toMatchObject({ phase: "completed", noticeMs: 9 * second });
  });

  test("row order: before an approval, a gap and a restart of the machine", () => {
    const watch = knowing(started({ eventType: "Reboot" }));
    watch.approve(eventId, "accepted");
    watch.restart("boot 2");
    const end = endOf(watch, hour);
    expect(end).toMatchObject({ phase: "completed", gapMs: hour });
    expect(end).not.toHaveProperty("outcome");
  });
});

describe("Scheduled | absent, approval not none → `ended`, outcome `removed-after-approval`", () => {
  test.each(["posting", "accepted"] as const)("%s", (approval) => {
    const watch = knowing();
    watch.approve(eventId, approval);
    expect(endOf(watch)).toMatchObject({
      id: `${id}:ended`,
      phase: "ended",
      outcome: "removed-after-approval",
      noticeMs: null,
    });
  });

  test("row order: before NotBefore, a gap and a restart of the machine", () => {
    const watch = knowing(reboot());
    watch.approve(eventId, "posting");
    watch.restart("boot 2");
    expect(endOf(watch, 20 * minute)).toMatchObject({ phase: "ended", outcome: "removed-after-approval" });
  });
});

describe("Scheduled | absent, no gap, before NotBefore → `canceled`, outcome `removed-before-start` (inferred)", () => {
  test("next document", () => {
    const end = endOf(knowing());
    expect(end).toMatchObject({
      id: `${id}:canceled`,
      phase: "canceled",
      status: "Scheduled",
      outcome: "removed-before-start",
      noticeMs: null,
    });
    expect(end).not.toHaveProperty("gapMs");
    expect(end.severity).toBe("INFO");
  });

  test("10 s after the last document is no gap, 1 ms more is one", () => {
    expect(endOf(knowing(), 10 * second).phase).toBe("canceled");
    expect(endOf(knowing(), 10 * second + 1)).toMatchObject({ phase: "ended", outcome: "not-observed" });
  });

  test("more than 5 s before NotBefore, not 5 s: the tolerance", () => {
    const early = knowing();
    keepSeeing(early, scheduled(), 15 * minute - 15 * second);
    expect(endOf(early, 5 * second - 1 * second - 1)).toMatchObject({ phase: "canceled" });
    const late = knowing();
    keepSeeing(late, scheduled(), 15 * minute - 15 * second);
    expect(endOf(late, 9 * second)).toMatchObject({ phase: "ended", outcome: "removed-after-notbefore" });
  });

  test("a failed poll before is no document: the gap counts from the last good one", () => {
    const watch = knowing();
    watch.pass(5 * second);
    expect(endOf(watch, 5 * second).phase).toBe("canceled");
  });

  test.each([-hour, -5, 5, 5 * second])("a wall clock that jumps by %i ms makes no gap", (ms) => {
    const watch = knowing();
    watch.jump(ms);
    expect(endOf(watch).phase).toBe("canceled");
  });
});

describe("Scheduled | absent, no gap, NotBefore passed / unknown → `ended`", () => {
  test("passed: outcome `removed-after-notbefore`", () => {
    const watch = knowing();
    keepSeeing(watch, scheduled(), 16 * minute);
    const end = endOf(watch);
    expect(end).toMatchObject({ id: `${id}:ended`, phase: "ended", outcome: "removed-after-notbefore" });
    expect(end).not.toHaveProperty("gapMs");
  });

  test.each(["", "some day"])("unknown (%j): outcome `notbefore-unknown`", (notBeforeRaw) => {
    const end = endOf(knowing(scheduled({ notBefore: null, notBeforeRaw })));
    expect(end).toMatchObject({
      phase: "ended",
      outcome: "notbefore-unknown",
      notBefore: null,
      notBeforeRaw,
    });
  });

  test("it is the last NotBefore that counts", () => {
    const watch = knowing();
    watch.see([scheduled({ notBefore: null, notBeforeRaw: "later" })]);
    expect(endOf(watch).outcome).toBe("notbefore-unknown");
  });
});

describe("Scheduled | absent after a gap or restart → `ended`, outcome `not-observed`, gapMs", () => {
  test("a gap, also before NotBefore, also where NotBefore is unknown", () => {
    for (const entry of [scheduled(), scheduled({ notBefore: null, notBeforeRaw: "" })]) {
      expect(endOf(knowing(entry), minute)).toMatchObject({
        id: `${id}:ended`,
        outcome: "not-observed",
        gapMs: minute,
      });
    }
  });

  test("a suspension, which the monotonic clock does not count", () => {
    const watch = knowing();
    watch.jump(minute);
    expect(endOf(watch)).toMatchObject({ outcome: "not-observed", gapMs: minute + second });
  });

  test("a clock that is set forward looks the same: the more cautious word", () => {
    const watch = knowing();
    watch.jump(hour);
    expect(endOf(watch)).toMatchObject({ outcome: "not-observed", gapMs: hour + second });
  });

  test("a restart, however short", () => {
    const watch = knowing();
    watch.restart();
    expect(endOf(watch, 3 * second)).toMatchObject({ outcome: "not-observed", gapMs: 3 * second });
  });

  test("a restart with the wall clock behind: nobody knows for how long", () => {
    const watch = knowing();
    watch.restart();
    watch.jump(-hour);
    const end = endOf(watch);
    expect(end.outcome).toBe("not-observed");
    expect(end).not.toHaveProperty("gapMs");
  });

  test("only the first document after it: then it is watched again", () => {
    const watch = knowing();
    watch.restart();
    watch.see([scheduled()], { afterMs: hour });
    watch.see([scheduled({ notBefore: null, notBeforeRaw: "" })]);
    expect(endOf(watch).outcome).toBe("notbefore-unknown");
  });
});

describe("… but `completed`, outcome `machine-restarted`, if a Reboot or Redeploy of self and the boot id changed", () => {
  function endAfterBoot(entry: ReturnType<typeof scheduled>, bootId: string) {
    const watch = knowing(entry);
    watch.restart(bootId);
    return endOf(watch, 2 * minute);
  }

  test.each(["Reboot", "Redeploy", "reboot"])("%s of self", (eventType) => {
    expect(endAfterBoot(scheduled({ eventType }), "boot 2")).toMatchObject({
      id: `${id}:completed`,
      phase: "completed",
      outcome: "machine-restarted",
      gapMs: 2 * minute,
      noticeMs: null,
    });
  });

  test.each([
    ["the same boot", scheduled({ eventType: "Reboot" }), "boot 1"],
    ["another VM", scheduled({ eventType: "Reboot", resources: ["web-02"] }), "boot 2"],
    ["a Freeze", scheduled(), "boot 2"],
    ["a Preempt", scheduled({ eventType: "Preempt" }), "boot 2"],
    ["a Terminate", scheduled({ eventType: "Terminate" }), "boot 2"],
  ])("not %s", (_, entry, bootId) => {
    expect(endAfterBoot(entry, bootId)).toMatchObject({ phase: "ended", outcome: "not-observed" });
  });

  test("not a gap within a process", () => {
    expect(endOf(knowing(reboot()), minute).outcome).toBe("not-observed");
  });

  test("also where the own name is learned only after the restart", () => {
    const watch = watching({ name: null });
    watch.see([reboot()]);
    watch.restart("boot 2");
    watch.rename("WEB-01");
    expect(endOf(watch, minute)).toMatchObject({ outcome: "machine-restarted", affectsSelf: true });
  });
});

test("all events of a document are told together, endings first, then in the order of the document", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => ({ eventId: `EVENT-${letter.toUpperCase()}` }));
  const watch = watching();
  watch.see([scheduled(a), scheduled(b), started(c)]);
  const seen = watch.see([scheduled(d), started(b)]);
  expect(idsOf(seen)).toEqual([
    "event-a:canceled",
    "event-c:completed",
    "event-d:scheduled",
    "event-b:started",
  ]);
});
