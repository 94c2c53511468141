import { expect, test } from "vitest";
import { id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation } from "./fixtures/station.ts";

const second = 1000;
const minute = 60_000;
const tomorrow = noon + 24 * 60 * minute;

/** A source that knows its name and has seen an empty document; each further poll is a second after the one before. */
async function begin() {
  const azure = createAzure();
  const clock = createVirtualClock({ now: noon });
  const station = startStation({ imds: azure, clock });
  await station.introduce();
  await station.poll();
  const poll = async () => {
    await clock.advance(second);
    return station.poll();
  };
  return { azure, clock, station, poll };
}

test("a frozen machine: what vanished meanwhile was not observed", async () => {
  const begun = await begin();
  begun.azure.events = [scheduled()];
  await begun.poll();
  await begun.clock.freeze(minute);
  begun.azure.events = [];
  await begun.station.poll();
  expect(begun.station.events().at(-1)?.data).toMatchObject({ outcome: "not-observed", gapMs: minute });
});

test("a suspended machine, whose own time stood still: what vanished meanwhile was not observed", async () => {
  const begun = await begin();
  begun.azure.events = [scheduled({ notBefore: tomorrow })];
  await begun.poll();
  begun.clock.jump(60 * minute);
  begun.azure.events = [];
  await begun.poll();
  expect(begun.station.events().at(-1)?.data).toMatchObject({
    phase: "ended",
    outcome: "not-observed",
    gapMs: 60 * minute + second,
  });
});

test("suspended while an answer was on its way: the last that was written before says nothing of the sleep", async () => {
  const begun = await begin();
  begun.azure.events = [scheduled({ notBefore: tomorrow })];
  await begun.poll();
  begun.azure.slow = async () => begun.clock.jump(60 * minute);
  await begun.poll();
  begun.azure.slow = () => Promise.resolve();
  begun.azure.events = [];
  await begun.poll();
  expect(begun.station.events().at(-1)?.data).toMatchObject({ phase: "ended", outcome: "not-observed" });
});

test("a suspended machine: when that which has started meanwhile began is not known", async () => {
  const begun = await begin();
  begun.clock.jump(60 * minute);
  begun.azure.events = [started()];
  await begun.poll();
  expect(begun.station.events().at(-1)?.data).toMatchObject({
    noticeMs: null,
    gapMs: 60 * minute + second,
  });
});

test.each([-3_600_000, -5, 5, 5000])("a wall clock that jumps by %i ms is no gap", async (ms) => {
  const begun = await begin();
  begun.azure.events = [scheduled({ notBefore: tomorrow })];
  await begun.poll();
  begun.clock.jump(ms);
  begun.azure.events = [];
  await begun.poll();
  expect(begun.station.told().at(-1)).toBe(`${id}:canceled`);
});
