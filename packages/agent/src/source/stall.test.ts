import { describe, expect, onTestFinished, test } from "vitest";
import { noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation } from "./fixtures/station.ts";
import { createStallWatch } from "./stall.ts";

const second = 1000;

/** A watch at work, with an agent that knows of these scheduled events. */
async function watch(...entries: Parameters<typeof scheduled>[0][]) {
  const clock = createVirtualClock({ now: noon });
  const azure = createAzure();
  azure.events = entries.map((entry) =>
    entry?.eventStatus === "Started" ? started(entry) : scheduled(entry),
  );
  const station = startStation({ imds: azure, clock });
  await station.introduce();
  await station.poll();
  const before = station.events().length;
  const known: ReadonlyMap<string, Lifecycle> = station.lifecycles.known;
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const watching = createStallWatch({ clock, record: station.record, lifecycles: () => known.values() });
  const running = watching.run(stopping.signal);
  return {
    clock,
    disk: station.disk,
    stalls: () =>
      station
        .events()
        .slice(before)
        .map(({ type, time, data }) => ({ type, time, ...data })),
    async stop() {
      stopping.abort();
      await clock.advance(0);
      await running;
    },
  };
}

describe("a standstill", () => {
  test("of a frozen VM shows in a timer that is late: told once, for how long", async () => {
    const { clock, stalls } = await watch();
    await clock.advance(10 * second);
    await clock.freeze(9 * second);
    await clock.advance(60 * second);
    expect(stalls()).toEqual([
      expect.objectContaining({
        type: "io.forewarn.agent.stalled",
        time: "2026-11-22T12:00:19.000Z",
        gapMs: 8 * second,
        clock: "monotonic",
        since: "2026-11-22T12:00:10.000Z",
        scheduledEvent: null,
      }),
    ]);
  });

  test("of a suspended machine shows in the time of day alone, which leaps ahead", async () => {
    const { clock, stalls } = await watch();
    await clock.advance(10 * second);
    clock.jump(3600 * second);
    await clock.advance(60 * second);
    expect(stalls()).toEqual([
      expect.objectContaining({ gapMs: 3600 * second, clock: "wall", since: "2026-11-22T12:00:10.000Z" }),
    ]);
  });

  test("that shows in both is one", async () => {
    const { clock, stalls } = await watch();
    clock.jump(20 * second);
    await clock.freeze(9 * second);
    expect(stalls()).toEqual([expect.objectContaining({ gapMs: 28 * second, clock: "wall" })]);
  });

  test.each([
    ["late by less than five seconds", 5999],
    ["not late", 1000],
  ])("a timer that is %s is none", async (_, ms) => {
    const { clock, stalls } = await watch();
    await clock.freeze(ms);
    expect(stalls()).toEqual([]);
  });

  test("a clock that is set back is none, and hides none", async () => {
    const { clock, stalls } = await watch();
    clock.jump(-3600 * second);
    await clock.advance(second);
    expect(stalls()).toEqual([]);
    clock.jump(-3600 * second);
    await clock.freeze(9 * second);
    expect(stalls()).toEqual([expect.objectContaining({ gapMs: 8 * second, clock: "monotonic" })]);
  });

  test("while the disk takes nothing is told when it does", async () => {
    const { clock, disk, stalls } = await watch();
    disk.full = true;
    await clock.freeze(9 * second);
    await clock.freeze(19 * second);
    disk.full = false;
    await clock.advance(2 * second);
    expect(stalls().map((stall) => "gapMs" in stall && stall.gapMs)).toEqual([8 * second, 18 * second]);
  });

  test("nobody watches any more after the stop", async () => {
    const { clock, stalls, stop } = await watch();
    await stop();
    await clock.freeze(60 * second);
    expect([stalls(), clock.sleeping()]).toEqual([[], 0]);
  });
});

describe("beside what Azure says", () => {
  const frozen = { eventType: "Freeze", eventStatus: "Started", durationSeconds: 9 } as const;

  test("a Freeze that has started, with the duration that Azure expects; then two seconds are enough", async () => {
    const { clock, stalls } = await watch({ ...frozen, eventId: "F1" });
    await clock.freeze(3500);
    expect(stalls()).toEqual([
      expect.objectContaining({
        gapMs: 2500,
        scheduledEvent: { eventId: "F1", eventType: "Freeze", status: "Started", durationSeconds: 9 },
      }),
    ]);
  });

  test("the one that has started before one that is due, a Freeze before others", async () => {
    const due = noon + 3 * second;
    const { clock, stalls } = await watch(
      { eventId: "DUE", eventType: "Freeze", notBefore: due },
      { eventId: "REBOOT", eventType: "Reboot", eventStatus: "Started" },
      { ...frozen, eventId: "F1" },
    );
    await clock.freeze(9 * second);
    expect(stalls()[0]).toMatchObject({ scheduledEvent: { eventId: "F1" } });
  });

  test("one that is due although it is not said to have started yet", async () => {
    const { clock, stalls } = await watch({
      eventId: "DUE",
      eventType: "Freeze",
      notBefore: noon + 8 * second,
      durationSeconds: null,
    });
    await clock.freeze(9 * second);
    expect(stalls()[0]).toMatchObject({
      scheduledEvent: { eventId: "DUE", status: "Scheduled", durationSeconds: null },
    });
  });

  test.each([
    ["a quarter of an hour ahead", { notBefore: noon + 900 * second }],
    ["of another VM", { ...frozen, resources: ["db-01"] }],
  ])("not one %s", async (_, entry) => {
    const { clock, stalls } = await watch(entry);
    await clock.freeze(9 * second);
    expect(stalls()).toEqual([expect.objectContaining({ scheduledEvent: null })]);
  });
});
