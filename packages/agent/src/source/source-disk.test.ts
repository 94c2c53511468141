import { describe, expect, test } from "vitest";
import { id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import type { PollCheckpoint } from "./continuity.ts";
import { createAzure, imdsError } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const second = 1000;
const minute = 60_000;

/** A source that has polled once, on a disk that can be filled. */
async function begin() {
  const azure = createAzure();
  const clock = createVirtualClock({ now: noon });
  const directory = stateDirectory();
  const start = () => startStation({ imds: azure, clock, directory });
  const station = start();
  await station.introduce();
  await station.poll();
  /** Polls at every second; whether each was good and stored. */
  const pollFor = async (ms: number) => {
    const good: boolean[] = [];
    for (let passed = 0; passed < ms; passed += second) {
      await clock.advance(second);
      good.push(await station.poll());
    }
    return [...new Set(good)];
  };
  return { azure, clock, directory, disk: station.disk, pollFor, start, station };
}

describe("while the outbox cannot be written nothing advances", () => {
  test("an opening comes when the disk is back, as it was then, and once", async () => {
    const { azure, disk, pollFor, station } = await begin();
    disk.full = true;
    azure.events = [scheduled()];
    expect(await pollFor(3 * second)).toEqual([false]);
    expect(station.told()).toEqual([]);
    disk.full = false;
    expect(await pollFor(3 * second)).toEqual([true]);
    expect(station.told()).toEqual([`${id}:scheduled`]);
    expect(station.events()[0]).toMatchObject({
      time: "2026-11-22T12:00:01.000Z",
      data: { noticeMs: 15 * minute - second },
    });
  });

  test.each([3 * second, 5 * minute, 20 * minute])(
    "a `canceled` is still `canceled` after %i ms: no gap, no NotBefore that passed meanwhile",
    async (ms) => {
      const { azure, disk, pollFor, station } = await begin();
      azure.events = [scheduled()];
      await pollFor(second);
      disk.full = true;
      azure.events = [];
      expect(await pollFor(ms)).toEqual([false]);
      disk.full = false;
      expect(await pollFor(2 * second)).toEqual([true]);
      expect(station.told()).toEqual([`${id}:scheduled`, `${id}:canceled`]);
      expect(station.events()[1]).toMatchObject({
        time: "2026-11-22T12:00:02.000Z",
        data: { outcome: "removed-before-start" },
      });
    },
  );

  test("also where the periodic checkpoint was the first thing that could not be written", async () => {
    const { azure, disk, pollFor, station } = await begin();
    azure.events = [scheduled()];
    await pollFor(second);
    disk.full = true;
    await pollFor(40 * second);
    azure.events = [];
    await pollFor(40 * second);
    disk.full = false;
    await pollFor(second);
    expect(station.events()[1]).toMatchObject({
      time: "2026-11-22T12:00:42.000Z",
      data: { phase: "canceled", outcome: "removed-before-start" },
    });
  });

  test("what came and went meanwhile is told where it was seen first, and what ended it was not observed", async () => {
    const { azure, disk, pollFor, station } = await begin();
    disk.full = true;
    azure.events = [scheduled()];
    await pollFor(minute);
    azure.events = [];
    await pollFor(minute);
    disk.full = false;
    await pollFor(second);
    expect(station.told()).toEqual([`${id}:scheduled`, `${id}:ended`]);
    expect(station.events()[1]?.data).toMatchObject({ outcome: "not-observed", gapMs: 2 * minute });
  });

  test("what started and was over meanwhile is never told as canceled", async () => {
    const { azure, disk, pollFor, station } = await begin();
    azure.events = [scheduled()];
    await pollFor(second);
    disk.full = true;
    azure.events = [started()];
    await pollFor(minute);
    azure.events = [];
    await pollFor(minute);
    disk.full = false;
    await pollFor(second);
    expect(station.told()).toEqual([`${id}:scheduled`, `${id}:started`, `${id}:completed`]);
  });

  test("the checkpoint on disk stays true to the events on disk", async () => {
    const { azure, disk, pollFor, station } = await begin();
    azure.events = [scheduled()];
    await pollFor(second);
    disk.full = true;
    azure.events = [];
    await pollFor(minute);
    expect(station.checkpoint<PollCheckpoint>("poll")?.lastGood).toBe(noon + second);
    expect(station.source.lastGoodBefore).toBeNull();
  });

  test("IMDS answers well, and is said to", async () => {
    const { azure, clock, disk, pollFor, station } = await begin();
    azure.failing = "gone";
    await pollFor(100 * second);
    expect(station.told()).toEqual(["imds.unreachable"]);
    azure.failing = null;
    disk.full = true;
    azure.events = [scheduled()];
    let polled = 0;
    const recovered: unknown[] = [];
    station.telemetry.on("polled", () => polled++);
    station.telemetry.on("pollRecovered", ({ failures }) => recovered.push(failures));
    await pollFor(5 * second);
    expect([polled, recovered]).toEqual([5, [100]]);
    disk.full = false;
    await pollFor(second);
    expect(station.told().toSorted()).toEqual([`${id}:scheduled`, "imds.recovered", "imds.unreachable"]);
    expect(clock.now()).toBe(noon + 106 * second);
  });

  test("what waits is stored although IMDS is away now", async () => {
    const { azure, disk, pollFor, station } = await begin();
    disk.full = true;
    azure.events = [scheduled()];
    await pollFor(second);
    azure.scheduledEvents = () => Promise.reject(imdsError("gone"));
    disk.full = false;
    await pollFor(second);
    expect(station.told()).toEqual([`${id}:scheduled`]);
  });

  test("and at shutdown, if the disk is back by then", async () => {
    const { azure, disk, pollFor, station } = await begin();
    disk.full = true;
    azure.events = [scheduled()];
    await pollFor(second);
    disk.full = false;
    station.source.close();
    expect(station.told()).toEqual([`${id}:scheduled`]);
    expect(station.checkpoint<PollCheckpoint>("poll")?.lastGood).toBe(noon + second);
  });

  test("a process that dies meanwhile leaves it to the next one", async () => {
    const { azure, disk, pollFor, start, station } = await begin();
    azure.events = [scheduled()];
    await pollFor(second);
    disk.full = true;
    azure.events = [started()];
    await pollFor(3 * second);
    station.end();
    const next = start();
    await next.introduce();
    await next.poll();
    expect(next.told()).toEqual([`${id}:scheduled`, `${id}:started`]);
  });
});
