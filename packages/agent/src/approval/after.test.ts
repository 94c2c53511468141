import { type Batch, MisconfiguredError, RejectError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { announcement } from "./fixtures/announced.ts";
import { createWorld } from "./fixtures/approving-agent.ts";

const { eventId } = announcement();

describe("after", () => {
  const approve = { after: ["drain"] };

  test("waits until the sink has the announcement", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const running = world.start({
      approve,
      sinks: { drain: { deliver: () => world.clock.sleep(12_000) }, audit: {} },
    });
    await world.clock.advance(10_000);
    expect(running.told).toEqual(["waiting: drain has not got its announcement yet"]);
    await world.clock.advance(10_000);
    expect(running.told.slice(1)).toEqual(["posting", "approved"]);
    expect(running.events.find(({ type }) => type.endsWith(".approved"))?.data).toMatchObject({
      approval: { by: "policy", rule: "after drain" },
    });
  });

  test("a sink that refuses it blocks, until a person replays it", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    let refuses = true;
    const drain = {
      when: { types: ["io.forewarn.scheduledevent.*"] },
      deliver() {
        if (refuses) throw new RejectError("exit code 1");
      },
    };
    const running = world.start({ approve, sinks: { drain } });
    await world.clock.advance(30_000);
    expect(running.told.at(-1)).toBe("blocked: drain did not take it (rejected: exit code 1)");
    expect(world.azure.requested).toEqual([]);
    refuses = false;
    world.archive().replay({ sink: "drain" });
    await world.clock.advance(5000);
    expect(world.azure.requested).toEqual([eventId]);
  });

  test("a sink whose when leaves it out blocks", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const drain = { when: { eventTypes: ["Preempt"] } };
    const running = world.start({ approve, sinks: { drain } });
    await world.clock.advance(5000);
    expect(running.told).toEqual(["blocked: the `when` of drain leaves it out"]);
    expect(world.azure.requested).toEqual([]);
  });

  test("a sink that began after the announcement blocks", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const first = world.start({ sinks: { audit: {} } });
    await world.clock.advance(5000);
    await first.stop();
    const second = world.start({ approve, sinks: { audit: {}, drain: {} } });
    await world.clock.advance(5000);
    expect(second.told).toEqual(["blocked: drain began after its announcement"]);
  });

  test("a sink that is paused only delays", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    let works = false;
    const deliver = () => {
      if (!works) throw new MisconfiguredError("no such file");
    };
    const running = world.start({ approve, sinks: { drain: { deliver } } });
    await world.clock.advance(60_000);
    works = true;
    await world.clock.advance(120_000);
    expect(running.told.at(-1)).toBe("approved");
  });

  test("a name that is none blocks", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const running = world.start({ approve: { after: ["drian"] } });
    await world.clock.advance(5000);
    expect(running.told).toEqual(["blocked: there is no sink drian"]);
  });

  test("an occurrence that came back needs its own announcement", async () => {
    const world = createWorld();
    let takes = true;
    const deliver = () => (takes ? undefined : new Promise(() => {}));
    world.start({ approve, sinks: { drain: { deliver } } });
    world.azure.events = [announcement()];
    await world.clock.advance(5000);
    world.azure.events = [];
    await world.clock.advance(5000);
    takes = false;
    world.azure.events = [announcement()];
    await world.clock.advance(10_000);
    expect(world.azure.requested).toEqual([eventId]);
  });

  test("a single poll approves what its sinks have taken, and delivers that", async () => {
    const world = createWorld();
    world.azure.events = [announcement()];
    const seen: string[] = [];
    const deliver = ({ events }: Batch) => void seen.push(...events.map(({ type }) => type));
    const drain = { deliver, when: { types: ["io.forewarn.scheduledevent.*"] } };
    const { agent, stop } = world.make({ approve, sinks: { drain } });
    const polling = agent.once(25_000);
    await world.clock.advance(3000);
    expect([await polling, world.azure.requested]).toEqual([true, [eventId]]);
    expect(seen.map((type) => type.replace(/^.*\./, ""))).toEqual(["scheduled", "approved"]);
    await stop();
  });
});
