import { describe, expect, test } from "vitest";
import { imdsError } from "../source/fixtures/azure.ts";
import { announcement, noon } from "./fixtures/announced.ts";
import { createWorld, type World } from "./fixtures/approving-agent.ts";

const { eventId } = announcement();

/** A wish as another process leaves it at this moment of the test's clock. */
function wished(world: World, wish: { readonly eventId: string; readonly shared?: boolean }, agoMs = 0) {
  const archive = world.archive();
  const name = archive.wish({ shared: false, user: "alice", ...wish });
  const at = world.clock.now() - agoMs;
  world.sql("UPDATE checkpoint SET json = json_set(json, '$.at', ?) WHERE name = ?", at, name);
  return { name, answer: () => world.archive().answer(name), withdraw: () => world.archive().withdraw(name) };
}

describe("a running agent", () => {
  test("grants within a second what another process wants, and answers once", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const running = world.start();
    await world.clock.advance(3000);
    const wish = wished(world, { eventId });
    expect(wish.answer()).toBeNull();
    await world.clock.advance(1000);
    expect(world.azure.requested).toEqual([eventId]);
    expect(wish.answer()).toEqual({ outcome: "approved", message: "" });
    expect(wish.answer()).toBeNull();
    expect(running.events.at(-1)?.data).toMatchObject({ approval: { by: "command", user: "alice" } });
    world.azure.events = [];
    await world.clock.advance(2000);
    expect(running.events.at(-1)?.data).toMatchObject({ outcome: "removed-after-approval" });
  });

  test("waits a while for an event that it has not heard of", async () => {
    const world = createWorld();
    world.start();
    await world.clock.advance(3000);
    const wish = wished(world, { eventId });
    await world.clock.advance(4000);
    expect(wish.answer()).toBeNull();
    world.azure.events = [announcement()];
    await world.clock.advance(3000);
    expect(wish.answer()).toMatchObject({ outcome: "approved" });
  });

  test("says at last that there is none", async () => {
    const world = createWorld();
    world.start();
    await world.clock.advance(3000);
    const wish = wished(world, { eventId: "NONE" });
    await world.clock.advance(12_000);
    expect(wish.answer()).toEqual({ outcome: "unknown", message: "there is no event NONE now" });
  });

  test("does not grant what was wanted minutes ago, nor what was withdrawn", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const first = world.start();
    await world.clock.advance(3000);
    await first.stop();
    const old = wished(world, { eventId }, 120_000);
    expect(wished(world, { eventId }).withdraw()).toBe(true);
    world.start();
    await world.clock.advance(3000);
    expect(old.answer()).toEqual({ outcome: "impossible", message: "it was asked for too long ago" });
    expect(world.azure.requested).toEqual([]);
  });

  test("tells what IMDS said, and an answer cannot be withdrawn", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    world.azure.starting = () => {
      throw imdsError("bad-request");
    };
    world.start();
    await world.clock.advance(3000);
    const wish = wished(world, { eventId });
    await world.clock.advance(1000);
    expect(wish.withdraw()).toBe(false);
    expect(wish.answer()).toEqual({ outcome: "refused", message: "it went wrong: bad-request" });
  });

  test("forgets answers that nobody has read", async () => {
    const world = createWorld();
    world.start();
    await world.clock.advance(1000);
    const left = wished(world, { eventId: "NONE" });
    await world.clock.advance(20 * 60_000);
    wished(world, { eventId: "OTHER" });
    await world.clock.advance(1000);
    expect(left.answer()).toBeNull();
    expect(world.clock.now()).toBeGreaterThan(noon);
  });
});

test("an agent that was not started approves after one look, and says all of it", async () => {
  const world = createWorld();
  world.azure.events = [announcement(), announcement({ eventId: "U", eventSource: "User" })];
  const idle = world.make({ approve: { eventSource: "User" } });
  const granting = idle.agent.approve({ eventId, shared: false });
  await world.clock.advance(5000);
  expect(await granting).toEqual({ outcome: "approved", message: "" });
  expect(world.azure.requested).toEqual([eventId]);
  expect(idle.phases()).toEqual(["scheduled", "scheduled", "approved"]);
  await idle.stop();
  const next = world.start();
  world.azure.events = [];
  await world.clock.advance(3000);
  expect(next.phases()).toEqual(["ended", "ended"]);
  const outcomes = next.events.flatMap(({ data }) => ("outcome" in data ? [data.outcome] : []));
  expect(outcomes).toEqual(["removed-after-approval", "not-observed"]);
});
