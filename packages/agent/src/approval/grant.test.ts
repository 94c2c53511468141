import { describe, expect, test } from "vitest";
import { imdsError } from "../source/fixtures/azure.ts";
import { announcement } from "./fixtures/announced.ts";
import { createWorld } from "./fixtures/approving-agent.ts";

const { eventId } = announcement();

describe("a person", () => {
  test("grants one event, whatever the policy says", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const running = world.start();
    await world.clock.advance(3000);
    const wish = { eventId: eventId.toLowerCase(), shared: false, user: "alice" };
    expect(await running.agent.approve(wish)).toEqual({ outcome: "approved", message: "" });
    expect(world.azure.requested).toEqual([eventId]);
    expect(running.events.at(-1)?.data).toMatchObject({ approval: { by: "command", user: "alice" } });
    expect(await running.agent.approve(wish)).toMatchObject({
      outcome: "approved",
      message: "it was approved before",
    });
    expect(world.azure.requested).toHaveLength(1);
  });

  test.each([
    ["unknown", "there is no event NONE now", { eventId: "NONE" }],
    ["impossible", "it would start on web-02, too", { eventId: "SHARED" }],
    ["impossible", "it does not name this VM, web-01", { eventId: "OTHER", shared: true }],
    ["impossible", "it has started already", { eventId: "STARTED" }],
    ["approved", "", { eventId: "SHARED", shared: true }],
  ])("%s: %s", async (outcome, message, wish) => {
    const world = createWorld();
    world.azure.events = [
      announcement({ eventId: "SHARED", resources: ["web-01", "web-02"] }),
      announcement({ eventId: "OTHER", resources: ["web-02"] }),
      announcement({ eventId: "STARTED", eventStatus: "Started" }),
    ];
    const running = world.start();
    await world.clock.advance(3000);
    expect(await running.agent.approve({ shared: false, ...wish })).toEqual({ outcome, message });
    expect(world.azure.requested).toEqual(outcome === "approved" ? ["SHARED"] : []);
  });

  test("what IMDS does not answer is tried again by itself, and may be refused and wanted again", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const running = world.start();
    await world.clock.advance(3000);
    const say = (code: "server-error" | "bad-request") => () => {
      throw imdsError(code);
    };
    world.azure.starting = say("server-error");
    const wish = { eventId, shared: false };
    expect(await running.agent.approve(wish)).toMatchObject({ outcome: "failed" });
    world.azure.starting = say("bad-request");
    await world.clock.advance(5000);
    expect(running.told.at(-1)).toMatch(/^refused/);
    world.azure.starting = () => {};
    expect(await running.agent.approve(wish)).toMatchObject({ outcome: "approved" });
  });
});
