import { expect, test } from "vitest";
import { announcement, noon } from "./approval/fixtures/announced.ts";
import { createWorld } from "./approval/fixtures/approving-agent.ts";
import type { AgentTelemetry } from "./telemetry.ts";

type Change = NonNullable<Parameters<typeof announcement>[0]>;
type Flush = Parameters<AgentTelemetry["lastFlush"]>[0];

const minute = 60_000;

/** Reboots in 15 minutes, and a sink that waits ten hours before it sends anything. */
function watched(...changes: readonly Change[]) {
  const world = createWorld();
  const sent: number[] = [];
  const running = world.start({
    sinks: {
      digest: {
        when: { types: ["io.forewarn.agent.*"] },
        batch: { maxEvents: 1000, lingerMs: 10 * 60 * minute },
        deliver: () => void sent.push(world.clock.now() - noon),
      },
      dead: { deliver: () => Promise.reject(new Error("no")) },
    },
  });
  const flushes: (Flush & { readonly at: number })[] = [];
  running.agent.telemetry.on("lastFlush", (flush) =>
    flushes.push({ ...flush, at: world.clock.now() - noon }),
  );
  const announce = (...events: readonly Change[]) => {
    world.azure.events = events.map((event) => announcement(event));
  };
  announce(...changes);
  return { world, running, sent, flushes, announce };
}

test("half a minute before NotBefore all that waits is sent, once, and the outbox is synced", async () => {
  const { world, sent, flushes } = watched({});
  await world.clock.advance(14 * minute + 29_000);
  expect([sent, flushes]).toEqual([[], []]);
  await world.clock.advance(3000);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toBeGreaterThanOrEqual(14 * minute + 30_000);
  expect(flushes).toHaveLength(1);
  expect(flushes[0]).toMatchObject({ eventId: announcement().eventId, eventType: "Reboot", synced: true });
  const [digest, dead] = flushes[0]?.sinks ?? [];
  expect(digest).toMatchObject({ sink: "digest", left: 0 });
  expect(dead?.left).toBeGreaterThan(0);
  await world.clock.advance(5 * minute);
  expect(flushes).toHaveLength(1);
});

test("an eviction with 30 seconds, and what starts without notice, at once", async () => {
  for (const change of [
    { eventType: "Preempt", notBefore: noon + 30_000 },
    { eventStatus: "Started", notBefore: null, notBeforeRaw: "" },
  ]) {
    const { world, flushes, announce, running } = watched();
    await world.clock.advance(3000);
    announce(change);
    await world.clock.advance(2000);
    expect(flushes).toHaveLength(1);
    expect(flushes[0]?.at).toBeLessThan(5000);
    await world.clock.advance(30_000);
    expect(flushes).toHaveLength(1);
    await running.stop();
  }
});

test("what starts before its time, since somebody has approved it, at once and not again", async () => {
  const { world, flushes, announce } = watched({});
  await world.clock.advance(5000);
  announce({ eventStatus: "Started", notBefore: null, notBeforeRaw: "" });
  await world.clock.advance(16 * minute);
  expect(flushes.map(({ at }) => Math.floor(at / 10_000))).toEqual([0]);
});

test("what the agent itself has approved, before Azure shows it as started", async () => {
  const { world, flushes, running } = watched({});
  await world.clock.advance(5000);
  await running.agent.approve({ eventId: announcement().eventId, shared: false });
  await world.clock.advance(2000);
  expect(flushes).toHaveLength(1);
});

test("a later NotBefore gives another one", async () => {
  const { world, flushes, announce } = watched({});
  await world.clock.advance(14 * minute + 40_000);
  announce({ notBefore: noon + 60 * minute });
  await world.clock.advance(44 * minute);
  expect(flushes).toHaveLength(1);
  await world.clock.advance(2 * minute);
  expect(flushes).toHaveLength(2);
});

test("a freeze, an event of another VM, and one that is called off end nothing", async () => {
  const { world, flushes, announce } = watched(
    { eventType: "Freeze" },
    { eventId: "O", resources: ["web-02"] },
    { eventId: "C" },
  );
  await world.clock.advance(10 * minute);
  announce({ eventType: "Freeze" }, { eventId: "O", resources: ["web-02"] });
  await world.clock.advance(10 * minute);
  expect(flushes).toEqual([]);
});

test("after the restart that it was about there is none", async () => {
  const { world, flushes } = watched({ eventStatus: "Started", notBefore: null, notBeforeRaw: "" });
  await world.clock.advance(minute);
  expect(flushes).toEqual([]);
});

test("a sink that hangs does not hold it up beyond NotBefore", async () => {
  const world = createWorld();
  const running = world.start({ sinks: { hung: { deliver: () => new Promise(() => {}) } } });
  const ends: number[] = [];
  running.agent.telemetry.on("lastFlush", () => ends.push(world.clock.now() - noon));
  await world.clock.advance(1000);
  world.azure.events = [announcement({ notBefore: noon + 25_000 })];
  await world.clock.advance(26_000);
  expect(ends).toHaveLength(1);
  expect(ends[0]).toBeLessThanOrEqual(23_000 + 20);
});

test("the end of the agent ends it, whatever a sink does: nobody sleeps any more", async () => {
  const world = createWorld();
  const running = world.start({ sinks: { hung: { deliver: () => new Promise(() => {}) } } });
  await world.clock.advance(1000);
  world.azure.events = [announcement({ eventType: "Preempt", notBefore: noon + 30_000 })];
  await world.clock.advance(1500);
  const stopped: string[] = [];
  void running.agent.stop().then(() => stopped.push("stopped"));
  while (stopped.length === 0) await world.clock.advance(1);
  expect(world.clock.sleeping()).toBe(0);
});
