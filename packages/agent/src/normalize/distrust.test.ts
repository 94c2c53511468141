import { describe, expect, test } from "vitest";
import { eventId, id, scheduled, started } from "./fixtures/entry.ts";
import { idsOf, type Seen, type Watch, watching } from "./fixtures/watch.ts";

const second = 1000;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const later = () => scheduled({ notBefore: scheduled().notBefore! + 7 * day });

function knowing(entry = later()): Watch {
  const watch = watching();
  watch.see([entry]);
  return watch;
}

/** Empty answers, one each 5 s, for a while; the first is `afterMs` late. */
function silence(watch: Watch, ms: number, afterMs = 5 * second): readonly Seen[] {
  const seen = [watch.see([], { afterMs })];
  for (let passed = 5 * second; passed < ms; passed += 5 * second)
    seen.push(watch.see([], { afterMs: 5 * second }));
  return seen;
}

const told = (seen: readonly Seen[]) => seen.flatMap(idsOf);

describe("after a silence of more than 24 h absence is not believed for 5 minutes", () => {
  test("24 h are believed, 1 ms more is not", () => {
    expect(idsOf(knowing().see([], { afterMs: day }))).toEqual([`${id}:ended`]);
    expect(idsOf(knowing().see([], { afterMs: day + 1 }))).toEqual([]);
  });

  test("after exactly 5 minutes it is: `ended`, not-observed, with the silence as gapMs", () => {
    const watch = knowing();
    expect(told(silence(watch, 5 * minute, 2 * day))).toEqual([]);
    const [event] = watch.see([], { afterMs: 5 * second }).events;
    expect(event?.data).toMatchObject({ phase: "ended", outcome: "not-observed", gapMs: 2 * day });
  });

  test("what had started is `completed` then", () => {
    const watch = knowing(started());
    silence(watch, 5 * minute, 2 * day);
    expect(idsOf(watch.see([], { afterMs: 5 * second }))).toEqual([`${id}:completed`]);
  });

  test("what comes back meanwhile has never been away", () => {
    const watch = knowing();
    silence(watch, minute, 2 * day);
    expect(idsOf(watch.see([later()]))).toEqual([]);
    expect(watch.known.get(id)).toMatchObject({ occurrence: 1, unwatched: null });
    expect(idsOf(watch.see([started()]))).toEqual([`${id}:started`]);
  });

  test("and is watched again: gone after the 5 minutes it is `canceled`", () => {
    const watch = knowing();
    watch.see([later()], { afterMs: 2 * day });
    for (let n = 0; n < 61; n++) watch.see([later()], { afterMs: 5 * second });
    expect(idsOf(watch.see([]))).toEqual([`${id}:canceled`]);
  });

  test("what is new is told at once", () => {
    const watch = knowing();
    const seen = watch.see([scheduled({ eventId: "OTHER" })], { afterMs: 2 * day });
    expect(idsOf(seen)).toEqual(["other:scheduled"]);
  });

  test("across a restart within the 5 minutes they go on, and do not begin anew", () => {
    const watch = knowing();
    silence(watch, 4 * minute, 2 * day);
    watch.restart();
    expect(told(silence(watch, 60 * second))).toEqual([]);
    const [event] = watch.see([], { afterMs: 5 * second }).events;
    expect(event?.data).toMatchObject({ phase: "ended", outcome: "not-observed" });
  });

  test("a restart after a silence of more than 24 h begins them", () => {
    const watch = knowing();
    watch.restart("boot 2");
    expect(told(silence(watch, 5 * minute, 2 * day))).toEqual([]);
    const [event] = watch.see([], { afterMs: 5 * second }).events;
    expect(event?.data).toMatchObject({ outcome: "not-observed", gapMs: 2 * day });
  });

  test("what the machine went through meanwhile is not forgotten", () => {
    const watch = knowing(scheduled({ eventType: "Redeploy" }));
    watch.restart("boot 2");
    silence(watch, 4 * minute, 2 * day);
    watch.restart("boot 2");
    const [event] = watch.see([], { afterMs: 2 * minute }).events;
    expect(event?.data).toMatchObject({
      phase: "completed",
      outcome: "machine-restarted",
      gapMs: 2 * day + 2 * minute,
    });
  });

  test("nor is a boot in the first believed document", () => {
    const watch = knowing(scheduled({ eventType: "Reboot" }));
    silence(watch, minute, 2 * day);
    watch.restart("boot 2");
    const [event] = watch.see([], { afterMs: 5 * minute }).events;
    expect(event?.data).toMatchObject({ outcome: "machine-restarted", gapMs: 2 * day + 5 * minute });
  });

  test("a gap of unknown length makes the whole unknown", () => {
    const watch = knowing();
    silence(watch, minute, 2 * day);
    watch.restart();
    watch.jump(-hour);
    silence(watch, 5 * minute);
    const [event] = watch.see([], { afterMs: 5 * second }).events;
    expect(event?.data.outcome).toBe("not-observed");
    expect(event?.data).not.toHaveProperty("gapMs");
  });

  test.each([-hour, hour])("a wall clock that jumps by %i ms meanwhile changes nothing", (ms) => {
    const watch = knowing();
    silence(watch, 2 * minute, 2 * day);
    watch.jump(ms);
    expect(told(silence(watch, 3 * minute))).toEqual([]);
    expect(idsOf(watch.see([], { afterMs: 5 * second }))).toEqual([`${id}:ended`]);
  });

  test("a wall clock that was set back across a restart does not stretch the 5 minutes", () => {
    const watch = knowing();
    silence(watch, 2 * minute, 2 * day);
    watch.restart();
    watch.jump(-day);
    silence(watch, 5 * minute);
    expect(idsOf(watch.see([], { afterMs: 5 * second }))).toEqual([`${id}:ended`]);
  });
});

describe("an absence in a partial document is not believed", () => {
  test("nothing is told of what is missing; what is there counts", () => {
    const watch = knowing();
    const other = scheduled({ eventId: "OTHER" });
    expect(idsOf(watch.see([other], { partial: true }))).toEqual(["other:scheduled"]);
    expect(idsOf(watch.see([started({ eventId: "OTHER" })], { partial: true }))).toEqual(["other:started"]);
    expect(idsOf(watch.see([later()], { partial: true }))).toEqual([]);
  });

  test("the next whole document is", () => {
    const watch = knowing();
    watch.see([], { partial: true });
    expect(idsOf(watch.see([]))).toEqual([`${id}:canceled`]);
  });

  test("a restart before it is not forgotten", () => {
    const watch = knowing();
    watch.restart();
    watch.see([], { partial: true });
    expect(watch.see([]).events[0]?.data.outcome).toBe("not-observed");
  });

  test("nor is a gap, and an approval counts as ever", () => {
    const watch = knowing();
    watch.see([], { partial: true, afterMs: minute });
    expect(watch.see([]).events[0]?.data).toMatchObject({ outcome: "not-observed", gapMs: minute });
    const approved = knowing();
    approved.approve(eventId, "accepted");
    approved.see([], { partial: true, afterMs: minute });
    expect(approved.see([]).events[0]?.data.outcome).toBe("removed-after-approval");
  });
});
