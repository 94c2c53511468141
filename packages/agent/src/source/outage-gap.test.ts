import { expect, test } from "vitest";
import { id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const second = 1000;
const inAQuarter = scheduled({ notBefore: noon + 15 * 60 * second });

/** A source that tells an outage from 3 s on, less than its gap, and has seen an empty document. */
async function begin() {
  const azure = createAzure();
  const clock = createVirtualClock({ now: noon });
  const directory = stateDirectory();
  const start = async () => {
    const started = startStation({
      imds: azure,
      clock,
      directory,
      settings: { unreachableAfterMs: 3 * second },
    });
    await started.introduce();
    return started;
  };
  const station = await start();
  await station.poll();
  /** Polls a second after the poll before; a bad answer takes `tookMs`. */
  const poll = async (tookMs = 0, on = station) => {
    await clock.advance(second);
    azure.failing = tookMs > 0 ? "timeout" : null;
    azure.slow = () => clock.advance(tookMs);
    await on.poll();
  };
  return { azure, clock, station, start, poll };
}

test("what vanished while the agent said that IMDS is unreachable was not observed, however short that was", async () => {
  const { azure, station, poll } = await begin();
  azure.events = [inAQuarter];
  await poll();
  await poll(7 * second);
  azure.events = [];
  await poll();
  expect(station.told()).toEqual([`${id}:scheduled`, "imds.unreachable", `${id}:ended`, "imds.recovered"]);
  expect(station.events()[2]?.data).toMatchObject({ outcome: "not-observed", gapMs: 9 * second });
});

test("and when that which has started meanwhile began is not known", async () => {
  const { azure, station, poll } = await begin();
  await poll(7 * second);
  azure.events = [started()];
  await poll();
  expect(station.events()[1]?.data).toMatchObject({ noticeMs: null, gapMs: 9 * second });
});

test("nor across a restart, until the first good answer", async () => {
  const { azure, start, poll, station } = await begin();
  await poll(7 * second);
  station.end();
  const next = await start();
  azure.events = [started(), { ...inAQuarter, eventId: "other" }];
  await poll(0, next);
  azure.events = [];
  await poll(0, next);
  expect(next.events().find(({ type }) => type.endsWith("scheduledevent.started"))?.data).toMatchObject({
    noticeMs: null,
    gapMs: 9 * second,
  });
  expect(next.told()).toContain("other:canceled");
});

test("a failure of which nothing was told is none, nor is an outage that is over", async () => {
  const { azure, station, poll } = await begin();
  await poll(7 * second);
  azure.events = [inAQuarter];
  await poll();
  await poll(2 * second);
  azure.events = [];
  await poll();
  expect(station.told().at(-1)).toBe(`${id}:canceled`);
});

test("nor one whose end could not be stored: there was a good answer all the same", async () => {
  const { azure, station, poll } = await begin();
  await poll(7 * second);
  station.disk.full = true;
  await poll();
  station.disk.full = false;
  azure.events = [inAQuarter];
  await poll();
  azure.events = [];
  await poll();
  expect(station.told().at(-1)).toBe(`${id}:canceled`);
});
