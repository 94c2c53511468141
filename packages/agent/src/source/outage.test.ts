import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure, imdsError } from "./fixtures/azure.ts";
import { startStation } from "./fixtures/station.ts";
import { momentOf } from "./moment.ts";
import { createOutage } from "./outage.ts";

const noon = Date.UTC(2026, 10, 22, 12);

function begin(lastGoodBefore: number | null = null) {
  const clock = createVirtualClock({ now: noon });
  const station = startStation({ imds: createAzure(), clock });
  const { record, telemetry } = station;
  const outbox = { checkpoint: station.checkpoint };
  const outage = createOutage({
    clock,
    record,
    telemetry,
    unreachableAfterMs: 90_000,
    lastGoodBefore,
    outbox,
  });
  /** Asks for `tookMs` in vain. */
  const fail = async (tookMs = 0, code: Parameters<typeof imdsError>[0] = "timeout") => {
    const began = momentOf(clock);
    await clock.advance(tookMs);
    return outage.failed(imdsError(code), began);
  };
  return { clock, station, outage, fail };
}

test("what the run before saw last is told, too", async () => {
  const { fail, station } = begin(noon - 60_000);
  await fail(90_000);
  expect(station.events()[0]?.data).toMatchObject({ lastGoodPoll: "2026-11-22T11:59:00.000Z" });
});

describe("imds.unreachable", () => {
  test("is told once, when no good answer came for 90 s, with the class of the last failure", async () => {
    const { clock, station, outage, fail } = begin();
    outage.over();
    await clock.advance(1000);
    await fail(0, "gone");
    await clock.advance(89_999);
    await fail(0, "gone");
    expect(station.told()).toEqual([]);
    await clock.advance(1);
    await fail(0, "server-error");
    await clock.advance(600_000);
    await fail();
    const [event, ...more] = station.events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "io.forewarn.imds.unreachable",
      severitytext: "WARN",
      affectsself: true,
      data: {
        since: "2026-11-22T12:00:01.000Z",
        code: "server-error",
        message: "it went wrong: server-error",
        lastGoodPoll: "2026-11-22T12:00:00.000Z",
      },
    });
  });

  test("the failures began when the first of them was asked: one first call of 130 s is enough", async () => {
    const { station, fail } = begin();
    await fail(130_000);
    const [event] = station.events();
    expect(event?.data).toMatchObject({ since: "2026-11-22T12:00:00.000Z", lastGoodPoll: null });
  });

  test("a good answer in between begins anew", async () => {
    const { clock, station, outage, fail } = begin();
    for (let round = 0; round < 10; round++) {
      await fail();
      await clock.advance(80_000);
      await fail();
      outage.over();
    }
    expect(station.told()).toEqual([]);
  });

  test("a wall clock that jumps is no outage, nor is a machine that was suspended", async () => {
    const { clock, station, fail } = begin();
    await fail();
    clock.jump(3_600_000);
    await fail();
    expect(station.told()).toEqual([]);
  });

  test("where it could not be stored it is told at the next failure", async () => {
    const { clock, station, fail } = begin();
    station.disk.full = true;
    await fail();
    await clock.advance(90_000);
    await fail();
    station.disk.full = false;
    await fail();
    await fail();
    expect(station.told()).toEqual(["imds.unreachable"]);
  });
});

describe("imds.recovered", () => {
  test("is told once, with how long no good answer came, only where unreachable was told", async () => {
    const { clock, station, outage, fail } = begin();
    await fail();
    outage.over();
    expect(station.told()).toEqual([]);
    await fail();
    await clock.advance(100_000);
    await fail();
    await clock.advance(2000);
    outage.over();
    outage.over();
    expect(station.told()).toEqual(["imds.unreachable", "imds.recovered"]);
    expect(station.events()[1]).toMatchObject({
      severitytext: "INFO",
      data: { since: "2026-11-22T12:00:00.000Z", downMs: 102_000 },
    });
  });

  test.each([
    ["a machine that is suspended meanwhile: that counts, too", 3_600_000, 3_690_000],
    ["a wall clock that is corrected a little: that does not", 5, 90_000],
    ["a wall clock that is set back: that does not", -3_600_000, 90_000],
  ])("%s", async (_, leapMs, downMs) => {
    const { clock, station, outage, fail } = begin();
    await fail();
    clock.jump(leapMs);
    await clock.advance(90_000);
    await fail();
    outage.over();
    expect(station.events()[1]?.data).toMatchObject({ since: "2026-11-22T12:00:00.000Z", downMs });
  });

  test("the next outage is told again", async () => {
    const { clock, station, outage, fail } = begin();
    for (let round = 0; round < 2; round++) {
      await fail();
      await clock.advance(90_000);
      await fail();
      outage.over();
    }
    expect(station.told()).toHaveLength(4);
  });

  test("where it could not be stored it is told at the next good answer, as it was", async () => {
    const { clock, station, outage, fail } = begin();
    await fail();
    await clock.advance(90_000);
    await fail();
    station.disk.full = true;
    outage.over();
    await clock.advance(60_000);
    station.disk.full = false;
    outage.over();
    outage.over();
    expect(station.told()).toEqual(["imds.unreachable", "imds.recovered"]);
    expect(station.events()[1]?.data).toMatchObject({ downMs: 90_000 });
  });

  test("nor is it lost where the next outage comes first: a receiver sees one long one", async () => {
    const { clock, station, outage, fail } = begin();
    await fail();
    await clock.advance(90_000);
    await fail();
    station.disk.full = true;
    outage.over();
    await fail();
    station.disk.full = false;
    await clock.advance(10_000);
    await fail();
    outage.over();
    expect(station.told()).toEqual(["imds.unreachable", "imds.recovered"]);
    expect(station.events()[1]?.data).toMatchObject({
      since: "2026-11-22T12:00:00.000Z",
      downMs: 100_000,
    });
  });
});

test("telemetry counts the failures in a row and tells every recovery", async () => {
  const { clock, station, outage, fail } = begin();
  const told: unknown[] = [];
  station.telemetry.on("pollFailed", ({ code, failures }) => told.push([code, failures]));
  station.telemetry.on("pollRecovered", (recovery) => told.push(recovery));
  expect(await fail(0, "gone")).toBe(1);
  await clock.advance(1000);
  expect(await fail(500, "timeout")).toBe(2);
  outage.over();
  outage.over();
  expect(await fail(0, "gone")).toBe(1);
  expect(told).toEqual([["gone", 1], ["timeout", 2], { failures: 2, downMs: 1500 }, ["gone", 1]]);
});

test("an outage that a run before told of is told to be over by the first good answer of the next", async () => {
  const { clock, fail, station } = begin();
  await fail(100_000);
  await clock.advance(20_000);
  const { record, telemetry } = station;
  const outbox = { checkpoint: station.checkpoint };
  const next = createOutage({
    clock,
    record,
    telemetry,
    unreachableAfterMs: 90_000,
    lastGoodBefore: null,
    outbox,
  });
  next.over();
  next.over();
  expect(station.told()).toEqual(["imds.unreachable", "imds.recovered"]);
  expect(station.events()[1]?.data).toMatchObject({ since: "2026-11-22T12:00:00.000Z", downMs: 120_000 });
});
