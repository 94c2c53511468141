import { expect, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";

const HOUR = 3_600_000;

async function azure(timeScale = 1) {
  const clock = createManualClock();
  const simulator = await startSimulator({ enabling: true, clock, timeScale });
  const look = async () => (await ask(simulator, EVENTS)).json;
  /** A request that must wait, and the time it waits. */
  const slowly = async (ms: number) => {
    const answer = look();
    while (clock.waiting === 0) await new Promise(setImmediate);
    await clock.advance(ms);
    return answer;
  };
  return { clock, simulator, look, slowly, [Symbol.asyncDispose]: simulator.close };
}

test("the first request takes two minutes, and so does one that comes meanwhile", async () => {
  await using world = await azure();
  const answered: string[] = [];
  const first = world.look().then(() => answered.push("first"));
  while (world.clock.waiting < 1) await new Promise(setImmediate);
  await world.clock.advance(60_000);
  const second = world.look().then(() => answered.push("second"));
  while (world.clock.waiting < 2) await new Promise(setImmediate);
  await world.clock.advance(59_999);
  expect(answered).toEqual([]);
  await world.clock.advance(1);
  await Promise.all([first, second]);
  expect(await world.look()).toEqual({ DocumentIncarnation: 1, Events: [] });
});

test("events show after five minutes, also one that stood there before", async () => {
  await using world = await azure();
  world.simulator.schedule({ EventType: "Reboot" });
  expect(await world.slowly(299_999)).toEqual({ DocumentIncarnation: 1, Events: [] });
  expect(await world.look()).toEqual({ DocumentIncarnation: 1, Events: [] });
  await world.clock.advance(1);
  expect(await world.look()).toMatchObject({ DocumentIncarnation: 2, Events: [{ EventType: "Reboot" }] });
});

test("a day without requests switches it off: the next one finds none, and the incarnation begins anew", async () => {
  await using world = await azure();
  await world.slowly(300_000);
  await world.look();
  world.simulator.schedule({ EventType: "Redeploy" });
  world.simulator.schedule({ EventType: "Freeze" });
  await world.clock.advance(24 * HOUR);
  expect(await world.look()).toMatchObject({ DocumentIncarnation: 3, Events: [{}, {}] });
  await world.clock.advance(24 * HOUR + 1);
  expect(await world.slowly(120_000)).toEqual({ DocumentIncarnation: 1, Events: [] });
  await world.clock.advance(180_000);
  expect(await world.look()).toMatchObject({ DocumentIncarnation: 2, Events: [{}, {}] });
});

test("it may be switched off by hand, and only where it can be", async () => {
  await using world = await azure(1000);
  world.simulator.switchOff();
  expect(await world.slowly(120)).toMatchObject({ DocumentIncarnation: 1 });
  await using other = await startSimulator();
  expect(() => other.switchOff()).toThrow("start the simulator with enabling");
});

test("times of one's own, and no wait at all", async () => {
  await using simulator = await startSimulator({ enabling: { firstCall: 0, eventsAfter: 0 } });
  simulator.schedule({ EventType: "Reboot" });
  expect((await ask(simulator, EVENTS)).json).toMatchObject({ DocumentIncarnation: 2, Events: [{}] });
});

test("closing takes back what waits", async () => {
  const world = await azure();
  const first = world.look().catch(() => "cut");
  while (world.clock.waiting === 0) await new Promise(setImmediate);
  await world.simulator.close();
  expect(world.clock.waiting).toBe(0);
  expect(await first).toBe("cut");
});
