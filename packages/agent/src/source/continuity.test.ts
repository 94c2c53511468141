import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createContinuity, type PollCheckpoint } from "./continuity.ts";
import { momentOf } from "./moment.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const day = 24 * hour;
const whole = { incarnation: 1, events: [], partial: false, warnings: [] };

function begin(options: { stored?: PollCheckpoint | null; pollIntervalMs?: number; bootId?: string } = {}) {
  const clock = createVirtualClock({ now: noon });
  const { stored = null, pollIntervalMs = 1000, bootId = "boot 1" } = options;
  const continuity = createContinuity({ clock, stored, pollIntervalMs, bootId });
  const observe = (document = whole, asked = momentOf(clock), unreachable = false) => {
    const { observation, accept } = continuity.observe(document, asked, unreachable);
    accept();
    return observation;
  };
  return { clock, continuity, observe };
}

const stored = (different: Partial<PollCheckpoint> = {}): PollCheckpoint => ({
  lastGood: noon,
  bootId: "boot 1",
  distrustUntil: 0,
  ...different,
});

describe("within a process a gap is more than max(5 × pollInterval, 10 s) by the monotonic clock", () => {
  test.each([
    [1000, 10_000],
    [2000, 10_000],
    [2001, 10_005],
    [60_000, 300_000],
  ])("pollInterval %i ms: %i ms is none, 1 ms more is", async (pollIntervalMs, longest) => {
    const { clock, observe } = begin({ pollIntervalMs });
    observe();
    await clock.advance(longest);
    expect(observe()).toMatchObject({ continuous: true, gapMs: null, unwatched: null });
    await clock.advance(longest + 1);
    expect(observe()).toMatchObject({
      continuous: false,
      gapMs: longest + 1,
      unwatched: { gapMs: longest + 1, rebooted: false },
    });
  });

  test.each([-day, -hour, -1, 1, 3, 999])("a wall clock that jumps by %i ms is none", async (ms) => {
    const { clock, observe } = begin();
    observe();
    clock.jump(ms);
    await clock.advance(1000);
    expect(observe()).toMatchObject({
      time: noon + 1000 + ms,
      continuous: true,
      gapMs: null,
      unwatched: null,
      absenceBelieved: true,
    });
  });

  test.each([-day, -3, 3, 999])("and does not move the limit, nor how long a gap was: %i ms", async (ms) => {
    const { clock, observe } = begin();
    observe();
    clock.jump(ms);
    await clock.advance(10_000);
    expect(observe()).toMatchObject({ continuous: true, unwatched: null });
    clock.jump(ms);
    await clock.advance(10_001);
    expect(observe()).toMatchObject({ continuous: false, gapMs: 10_001 });
  });

  test("a frozen machine is one, although its clock is corrected", async () => {
    const { clock, observe } = begin();
    observe();
    await clock.freeze(60_000);
    clock.jump(-60_000);
    expect(observe()).toMatchObject({ continuous: false, gapMs: 60_000 });
  });

  test("an answer that is not accepted does not count: the one before stays the last", async () => {
    const { clock, continuity, observe } = begin();
    observe();
    await clock.advance(6000);
    continuity.observe(whole, momentOf(clock), false);
    await clock.advance(6000);
    expect(observe()).toMatchObject({ continuous: false, gapMs: 12_000 });
    expect(continuity.checkpoint()?.lastGood).toBe(noon + 12_000);
  });
});

test("what the agent has told counts: where IMDS was unreachable a short time is a gap, too", async () => {
  const { clock, observe } = begin();
  observe();
  await clock.advance(4000);
  expect(observe(whole, momentOf(clock), true)).toMatchObject({
    continuous: false,
    gapMs: 4000,
    unwatched: { gapMs: 4000, rebooted: false },
    absenceBelieved: true,
  });
  await clock.advance(4000);
  expect(observe()).toMatchObject({ continuous: true, unwatched: null });
});

describe("nor does the monotonic clock count while the machine is suspended: the time of day that leaps ahead does", () => {
  test.each([
    [9000, null],
    [9001, 10_001],
    [hour, hour + 1000],
  ])("%i ms and a second make a gap of %s", async (asleep, gapMs) => {
    const { clock, observe } = begin();
    observe();
    clock.jump(asleep);
    await clock.advance(1000);
    const { continuous, unwatched, ...seen } = observe();
    expect(seen).toMatchObject({ gapMs, absenceBelieved: true });
    expect({ continuous, unwatched }).toEqual(
      gapMs === null
        ? { continuous: true, unwatched: null }
        : { continuous: false, unwatched: { gapMs, rebooted: false } },
    );
    await clock.advance(1000);
    expect(observe()).toMatchObject({ continuous: true, unwatched: null });
  });

  test("several short ones between two good answers are added up", async () => {
    const { clock, observe } = begin();
    observe();
    for (let n = 0; n < 3; n++) {
      clock.jump(3000);
      await clock.advance(1000);
    }
    expect(observe()).toMatchObject({ continuous: false, gapMs: 12_000 });
  });

  test("more than 24 h of it: absence is not believed for 5 minutes of the machine's own time", async () => {
    const { clock, observe } = begin();
    observe();
    clock.jump(2 * day);
    await clock.advance(1000);
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(299_999);
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(1);
    expect(observe().absenceBelieved).toBe(true);
  });

  test("an answer that was on its way meanwhile may be of the time before: the next one is a gap, too", async () => {
    const { clock, observe } = begin();
    observe();
    await clock.advance(1000);
    const asked = momentOf(clock);
    clock.jump(hour);
    await clock.advance(5);
    expect(observe(whole, asked)).toMatchObject({ continuous: false, gapMs: hour + 1005 });
    await clock.advance(995);
    expect(observe()).toMatchObject({ continuous: false, gapMs: hour + 1000 });
    await clock.advance(1000);
    expect(observe()).toMatchObject({ continuous: true, unwatched: null });
  });

  test("an answer that is slow, or was on its way while the clock was set back, is of when it came", async () => {
    const { clock, observe } = begin();
    const asked = momentOf(clock);
    clock.jump(-hour);
    await clock.advance(120_000);
    observe(whole, asked);
    await clock.advance(1000);
    expect(observe()).toMatchObject({ continuous: true, unwatched: null });
  });
});

describe("the first answer of a process", () => {
  test("on a new state directory: a gap of unknown length", () => {
    expect(begin().observe()).toMatchObject({
      continuous: false,
      gapMs: null,
      unwatched: { gapMs: null, rebooted: false },
      absenceBelieved: true,
    });
  });

  test("soon after the last one of the process before: no gap, but absences were not watched", () => {
    const { observe } = begin({ stored: stored({ lastGood: noon - 10_000 }) });
    expect(observe()).toMatchObject({
      continuous: true,
      gapMs: null,
      unwatched: { gapMs: 10_000, rebooted: false },
    });
    expect(observe()).toMatchObject({ unwatched: null });
  });

  test("by the wall clock: 10 s are no gap, 1 ms more is, and so is a clock that went back", () => {
    const after = (ms: number) => begin({ stored: stored({ lastGood: noon - ms }) }).observe();
    expect(after(10_001)).toMatchObject({ continuous: false, gapMs: 10_001 });
    expect(after(0)).toMatchObject({ continuous: true, gapMs: null });
    expect(after(-1)).toMatchObject({
      continuous: false,
      gapMs: null,
      unwatched: { gapMs: null, rebooted: false },
    });
  });

  test("on another boot: until it is accepted", () => {
    const { clock, continuity, observe } = begin({ stored: stored(), bootId: "boot 2" });
    expect(continuity.observe(whole, momentOf(clock), false).observation.unwatched?.rebooted).toBe(true);
    expect(observe().unwatched?.rebooted).toBe(true);
    expect(observe().unwatched).toBeNull();
    expect(continuity.checkpoint()?.bootId).toBe("boot 2");
  });

  test("on the same boot, told by uptime, a little off", () => {
    const { observe } = begin({ stored: stored({ bootId: "booted:1000000" }), bootId: "booted:1059999" });
    expect(observe().unwatched?.rebooted).toBe(false);
  });
});

describe("absence", () => {
  test("is not believed in a partial document", () => {
    const { observe } = begin();
    expect(observe({ ...whole, partial: true }).absenceBelieved).toBe(false);
    expect(observe().absenceBelieved).toBe(true);
  });

  test("after more than 24 h it is not believed for 5 minutes, by the monotonic clock", async () => {
    const { clock, continuity, observe } = begin();
    observe();
    await clock.advance(day);
    expect(observe().absenceBelieved).toBe(true);
    await clock.advance(day + 1);
    expect(observe().absenceBelieved).toBe(false);
    expect(continuity.checkpoint()?.distrustUntil).toBe(clock.now() + 300_000);
    clock.jump(hour);
    await clock.advance(299_999);
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(1);
    expect(observe().absenceBelieved).toBe(true);
    expect(continuity.checkpoint()?.distrustUntil).toBe(0);
  });

  test("across a restart what is left of the 5 minutes counts on", async () => {
    const { clock, observe } = begin({
      stored: stored({ lastGood: noon - 1000, distrustUntil: noon + 60_000 }),
    });
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(59_999);
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(1);
    expect(observe().absenceBelieved).toBe(true);
  });

  test("across a restart with the clock set back it is never more than 5 minutes", async () => {
    const { clock, observe } = begin({
      stored: stored({ lastGood: noon + day, distrustUntil: noon + day + 60_000 }),
    });
    expect(observe().absenceBelieved).toBe(false);
    await clock.advance(300_000);
    expect(observe().absenceBelieved).toBe(true);
  });

  test("a silence of more than 24 h that ends with a restart begins them", () => {
    const { observe } = begin({ stored: stored({ lastGood: noon - day - 1 }) });
    expect(observe().absenceBelieved).toBe(false);
  });
});

test("there is nothing to store before the first accepted answer", () => {
  const { clock, continuity } = begin({ stored: stored() });
  continuity.observe(whole, momentOf(clock), false);
  expect(continuity.checkpoint()).toBeNull();
});
