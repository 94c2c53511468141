import { describe, expect, onTestFinished, test } from "vitest";
import { id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import type { PollCheckpoint } from "./continuity.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const second = 1000;
const minute = 60_000;

function begin(options: { random?: () => number; pollIntervalMs?: number } = {}) {
  const { random = () => 0.5, pollIntervalMs = second } = options;
  const azure = createAzure();
  const clock = createVirtualClock({ now: noon });
  const directory = stateDirectory();
  const start = () => startStation({ imds: azure, clock, directory, random, settings: { pollIntervalMs } });
  const station = start();
  return { azure, clock, station, start };
}

type Begun = ReturnType<typeof begin>;

/** Runs the source; the returned function stops it and waits until it has stopped. */
function run({ station, clock }: Begun): () => Promise<void> {
  const stopping = new AbortController();
  const running = station.source.run(stopping.signal);
  onTestFinished(() => stopping.abort());
  return async () => {
    stopping.abort();
    await clock.advance(0);
    await running;
  };
}

/** One good poll, a second after the one before. */
async function poll({ station, clock }: Pick<Begun, "station" | "clock">): Promise<boolean> {
  await clock.advance(second);
  return station.poll();
}

/** A source whose own name is known, and that has polled once. */
async function polled(options?: Parameters<typeof begin>[0]): Promise<Begun> {
  const begun = begin(options);
  await begun.station.introduce();
  await begun.station.poll();
  return begun;
}

describe("one poll", () => {
  test("stores the events of all that happened, in order, with what is known", async () => {
    const begun = await polled();
    const { azure, station } = begun;
    azure.events = [scheduled(), scheduled({ eventId: "OTHER" })];
    expect(await poll(begun)).toBe(true);
    azure.events = [started()];
    expect(await poll(begun)).toBe(true);
    expect(station.told()).toEqual([`${id}:scheduled`, "other:scheduled", "other:canceled", `${id}:started`]);
    expect(station.events()[0]?.data.vm.name).toBe("web-01");
  });

  test("that says nothing new writes nothing, but the time of the last good answer every 30 s", async () => {
    const begun = await polled();
    const lastGood = () => begun.station.checkpoint<PollCheckpoint>("poll")?.lastGood;
    expect(lastGood()).toBe(noon);
    for (let n = 0; n < 29; n++) await poll(begun);
    expect(lastGood()).toBe(noon);
    await poll(begun);
    expect(lastGood()).toBe(noon + 30 * second);
    begun.azure.events = [scheduled()];
    await poll(begun);
    expect(lastGood()).toBe(noon + 31 * second);
  });

  test("tells an oddity of the document once, until there is none, and then of how many it was", async () => {
    const begun = await polled();
    const warnings: string[] = [];
    const streaks: number[] = [];
    begun.station.telemetry.on("documentWarning", (warning) => warnings.push(warning));
    begun.station.telemetry.on("documentsWhole", ({ documents }) => streaks.push(documents));
    for (const events of [[scheduled(), scheduled()], [scheduled()], [scheduled(), scheduled()]]) {
      begun.azure.events = events;
      for (let n = 0; n < 3; n++) await poll(begun);
    }
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("more than once");
    expect(streaks).toEqual([3]);
  });

  test("says until when an absence is not believed, once for each silence of more than 24 h", async () => {
    const begun = await polled();
    const doubts: number[] = [];
    begun.station.telemetry.on("absenceDoubted", ({ until }) => doubts.push(until - noon));
    const silent = async (ms: number) => {
      await begun.clock.freeze(ms);
      await poll(begun);
      await poll(begun);
    };
    const day = 24 * 60 * minute;
    await silent(day - 2 * second);
    expect(doubts).toEqual([]);
    await silent(day);
    expect(doubts).toEqual([begun.clock.now() - noon - second + 5 * minute]);
    begun.clock.jump(50);
    await poll(begun);
    expect(doubts).toHaveLength(1);
    await silent(day);
    expect(doubts).toHaveLength(2);
    await silent(5 * minute);
    begun.clock.jump(-3 * day);
    await silent(day);
    expect(doubts).toHaveLength(3);
  });

  test("says what it saw to whoever listens", async () => {
    const begun = await polled();
    const told: unknown[] = [];
    begun.station.telemetry.on("polled", (saw) => told.push(saw));
    begun.azure.events = [scheduled()];
    await poll(begun);
    expect(told).toEqual([{ incarnation: 1, events: 1, ms: 0, partial: false }]);
  });

  test("the time of an event is when the answer came, not when the own name was known", async () => {
    const { azure, clock, station } = begin();
    azure.events = [scheduled()];
    const first = station.poll();
    await clock.advance(10 * second);
    expect(await first).toBe(true);
    expect(station.events()[0]).toMatchObject({ time: "2026-11-22T12:00:00.000Z" });
    expect(station.events()[0]?.data).toMatchObject({ noticeMs: 15 * minute });
  });

  test("forgets what has been gone for longer than the retention: it is new then", async () => {
    const begun = await polled();
    const { azure, clock, station } = begun;
    azure.events = [scheduled()];
    await poll(begun);
    azure.events = [];
    await poll(begun);
    await clock.advance(30 * 24 * 60 * minute + second);
    await station.poll();
    azure.events = [scheduled({ notBefore: null })];
    await poll(begun);
    expect(station.events().at(-1)?.data).toMatchObject({ occurrence: 1, phase: "scheduled" });
    // The outbox still has the event of then, so the id is told apart.
    expect(station.told().at(-1)).toBe(`${id}:scheduled:2`);
  });
});

describe("restart", () => {
  async function restarted(how: "stopped" | "killed" | "rebooted", downMs: number) {
    const begun = await polled();
    begun.azure.events = [scheduled({ eventType: "Reboot" })];
    await poll(begun);
    for (let n = 0; n < 5; n++) await poll(begun);
    if (how !== "killed") begun.station.source.close();
    if (how === "rebooted") begun.station.pretendBoot();
    begun.station.end();
    await begun.clock.advance(downMs);
    const station = begun.start();
    await station.introduce();
    return { ...begun, station };
  }

  test("what is known goes on: no event is told twice", async () => {
    const begun = await restarted("killed", minute);
    await begun.station.poll();
    expect(begun.station.told()).toEqual([`${id}:scheduled`]);
    begun.azure.events = [started({ eventType: "Reboot" })];
    await poll(begun);
    expect(begun.station.events().at(-1)?.data).toMatchObject({ phase: "started", occurrence: 1 });
  });

  test("after a shutdown the gap begins with the last good answer, after a kill with what was stored", async () => {
    expect((await restarted("stopped", minute)).station.source.lastGoodBefore).toBe(noon + 6 * second);
    expect((await restarted("killed", minute)).station.source.lastGoodBefore).toBe(noon + second);
  });

  test("what vanished meanwhile was not observed", async () => {
    const { azure, station } = await restarted("stopped", 3 * second);
    azure.events = [];
    await station.poll();
    expect(station.events().at(-1)?.data).toMatchObject({ outcome: "not-observed", gapMs: 3 * second });
  });

  test("what vanished with a reboot of the machine has been completed", async () => {
    const { azure, station } = await restarted("rebooted", minute);
    azure.events = [];
    await station.poll();
    expect(station.events().at(-1)?.data).toMatchObject({
      phase: "completed",
      outcome: "machine-restarted",
      gapMs: minute,
    });
  });
});

describe("run", () => {
  test("polls at every interval, from the beginning of one to the beginning of the next", async () => {
    const begun = await polled();
    begun.azure.slow = () => begun.clock.sleep(300);
    begun.azure.asked = 0;
    const stop = run(begun);
    await begun.clock.advance(10 * second - 1);
    expect(begun.azure.asked).toBe(10);
    await stop();
    expect(begun.clock.sleeping()).toBeLessThanOrEqual(1);
  });

  test("an answer that takes longer than the interval holds up the next poll, and no longer", async () => {
    const begun = await polled();
    begun.azure.slow = () => begun.clock.sleep(2500);
    begun.azure.asked = 0;
    run(begun);
    await begun.clock.advance(10 * second);
    expect(begun.azure.asked).toBe(4);
  });

  test("asks again soon after a bad answer, slower while it lasts, and at every interval afterwards", async () => {
    const begun = await polled();
    begun.azure.failing = "server-error";
    begun.azure.asked = 0;
    run(begun);
    const asked: number[] = [];
    for (let n = 0; n < 20; n++) {
      await begun.clock.advance(second);
      asked.push(begun.azure.asked);
    }
    // At 0, 1, 3, 7, 12, 17 s.
    expect([asked[0], asked[2], asked[6], asked[11], asked[19]]).toEqual([2, 3, 4, 5, 6]);
    begun.azure.failing = null;
    await begun.clock.advance(12 * second);
    expect(begun.azure.asked).toBeGreaterThanOrEqual(6 + 9);
  });

  test("tells an outage and its end, once, and asks a denied process only every 30 s", async () => {
    const begun = await polled();
    begun.azure.failing = "forbidden";
    begun.azure.asked = 0;
    run(begun);
    await begun.clock.advance(10 * minute);
    // At 0, 1, 3, 7, 12 s, which may be a hiccup, then every 30 s.
    expect(begun.azure.asked).toBe(24);
    expect(begun.station.told()).toEqual(["imds.unreachable"]);
    begun.azure.failing = null;
    await begun.clock.advance(minute);
    expect(begun.station.told()).toEqual(["imds.unreachable", "imds.recovered"]);
  });

  test("stops at once, whether it sleeps or waits for an answer", async () => {
    const sleeping = await polled();
    const stopSleeping = run(sleeping);
    await sleeping.clock.advance(100);
    await stopSleeping();
    expect(sleeping.clock.sleeping()).toBe(0);

    const waiting = await polled();
    waiting.azure.slow = () => waiting.clock.sleep(50);
    const stopping = new AbortController();
    const running = waiting.station.source.run(stopping.signal);
    stopping.abort();
    await waiting.clock.advance(50);
    await running;
    expect(waiting.station.told()).toEqual([]);
  });

  test("a thousand answers of a working Azure leave no timer and no listener behind", async () => {
    const begun = await polled();
    const stop = run(begun);
    await begun.clock.advance(1000 * second);
    expect(begun.clock.sleeping()).toBe(1);
    await stop();
    expect(begun.clock.sleeping()).toBe(0);
  });
});
