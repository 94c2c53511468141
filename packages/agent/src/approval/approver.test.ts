import { describe, expect, test } from "vitest";
import { askedAgent } from "../admin/fixtures/asked-agent.ts";
import { imdsError } from "../source/fixtures/azure.ts";
import { announcement } from "./fixtures/announced.ts";
import { createWorld } from "./fixtures/approving-agent.ts";

const { eventId } = announcement();
const user = { eventSource: "User" };
const byUser = announcement({ eventSource: "User" });

describe("never", () => {
  test("is the default: nothing is sent, whatever is announced", async () => {
    const world = createWorld();
    world.azure.events = [byUser, announcement({ eventId: "F" })];
    const { told } = world.start();
    await world.clock.advance(60_000);
    expect([world.azure.requested, told]).toEqual([[], []]);
  });
});

describe("user", () => {
  test("asks Azure once, tells it as an event, and calls the end what it was", async () => {
    const world = createWorld();
    world.azure.events = [byUser, announcement({ eventId: "F" })];
    const running = world.start({ approve: user });
    await world.clock.advance(30_000);
    expect(world.azure.requested).toEqual([eventId]);
    expect(running.told).toEqual(["posting", "approved"]);
    const approved = running.events.find(({ type }) => type.endsWith(".approved"));
    expect(approved).toMatchObject({
      id: `${eventId.toLowerCase()}:approved`,
      subject: eventId.toLowerCase(),
      severitytext: "INFO",
      data: { phase: "approved", approval: { by: "policy", rule: "User events" }, status: "Scheduled" },
    });
    world.azure.events = [];
    await world.clock.advance(2000);
    const ended = running.events.filter(({ type }) => /ended|canceled/.test(type));
    expect(
      ended.map(({ type, data }) => [type.replace(/^.*\./, ""), "outcome" in data && data.outcome]),
    ).toEqual([
      ["ended", "removed-after-approval"],
      ["canceled", "removed-before-start"],
    ]);
  });

  test("is counted by what came of it", async () => {
    const { agent, clock, azure, ask } = await askedAgent({ audit: () => {} });
    azure.events = [announcement({ notBefore: clock.now() + 60_000 })];
    await clock.advance(3000);
    await agent.approve({ eventId, shared: false });
    const { body } = await ask("/metrics");
    expect(body).toContain('forewarn_approvals_total{by="command",outcome="posting"} 1');
    expect(body).toContain('forewarn_approvals_total{by="command",outcome="approved"} 1');
    expect(body).toContain('forewarn_approvals_total{by="policy",outcome="refused"} 0');
  });

  test("a dry run says once what it would do, sends nothing, and leaves the end as it is", async () => {
    const world = createWorld();
    world.azure.events = [byUser];
    const running = world.start({ approve: { ...user, dryRun: true } });
    await world.clock.advance(30_000);
    world.azure.events = [];
    await world.clock.advance(2000);
    expect([world.azure.requested, running.told]).toEqual([[], ["dry-run: User events"]]);
    expect(running.phases()).toEqual(["scheduled", "canceled"]);
  });

  test("what comes back after it was gone is another one", async () => {
    const world = createWorld();
    const running = world.start({ approve: user });
    for (const events of [[byUser], [], [byUser]]) {
      world.azure.events = events;
      await world.clock.advance(5000);
    }
    expect(world.azure.requested).toEqual([eventId, eventId]);
    expect(running.phases()).toEqual(["scheduled", "approved", "ended", "scheduled", "approved"]);
  });

  test("another policy is taken over by a reload, also never", async () => {
    const world = createWorld();
    const running = world.start({ approve: user });
    await world.clock.advance(2000);
    const reloading = running.agent.reload({ state: { path: world.path }, sinks: [] });
    await world.clock.advance(1000);
    expect((await reloading).ignored).toEqual([]);
    world.azure.events = [byUser];
    await world.clock.advance(5000);
    expect(world.azure.requested).toEqual([]);
  });
});

describe("what Azure answers", () => {
  test("a bad answer is asked again, with longer waits, until it is a good one", async () => {
    const world = createWorld();
    world.azure.events = [byUser];
    world.azure.starting = () => {
      throw imdsError("server-error");
    };
    const running = world.start({ approve: user });
    await world.clock.advance(60_000);
    const tries = world.azure.requested.length;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(25);
    expect(running.phases()).toEqual(["scheduled"]);
    world.azure.starting = () => {};
    await world.clock.advance(10_000);
    expect(running.phases()).toEqual(["scheduled", "approved"]);
    expect(running.told.at(-1)).toBe("approved");
  });

  test("400 is asked once, and the end is judged as if nobody had asked", async () => {
    const world = createWorld();
    world.azure.events = [byUser];
    world.azure.starting = () => {
      throw imdsError("bad-request");
    };
    const running = world.start({ approve: user });
    await world.clock.advance(60_000);
    expect(world.azure.requested).toEqual([eventId]);
    expect(running.told).toEqual(["posting", "refused: it went wrong: bad-request"]);
    world.azure.events = [];
    await world.clock.advance(2000);
    expect(running.phases()).toEqual(["scheduled", "canceled"]);
  });

  test("400 after an answer that was lost may mean that the first request had arrived", async () => {
    const world = createWorld();
    world.azure.events = [byUser];
    const codes = ["connection-lost", "bad-request"] as const;
    world.azure.starting = () => {
      throw imdsError(codes[Math.min(world.azure.requested.length, 2) - 1] ?? "bad-request");
    };
    const running = world.start({ approve: user });
    await world.clock.advance(60_000);
    expect(world.azure.requested).toHaveLength(2);
    world.azure.events = [];
    await world.clock.advance(2000);
    expect(running.events.at(-1)?.data).toMatchObject({ outcome: "removed-after-approval" });
  });

  test("its time ends the trying", async () => {
    const world = createWorld();
    world.azure.events = [byUser];
    world.azure.starting = () => {
      throw imdsError("timeout");
    };
    const running = world.start({ approve: user });
    await world.clock.advance(15 * 60_000 + 5000);
    const tries = world.azure.requested.length;
    await world.clock.advance(60_000);
    expect(world.azure.requested).toHaveLength(tries);
    expect(running.told.at(-1)).toBe("expired: Azure has not accepted it before its time");
  });
});

describe("a death between the intent and what Azure says", () => {
  test.each([
    ["the next process asks again where it is Scheduled still", true, ["approved"], undefined],
    ["and where it is gone the end says so", false, ["ended"], "removed-after-approval"],
  ])("%s", async (_, still, phases, outcome) => {
    const world = createWorld();
    world.azure.events = [byUser];
    const arrived = Promise.withResolvers<void>();
    world.azure.starting = () => arrived.promise;
    const first = world.start({ approve: user });
    await world.clock.advance(5000);
    const stopping = first.stop();
    arrived.reject(imdsError("aborted"));
    await stopping;
    expect([first.phases(), world.azure.requested]).toEqual([["scheduled"], [eventId]]);
    expect(world.archive().approval(eventId)).toBe("posting");
    world.azure.starting = () => {};
    world.azure.events = still ? [byUser] : [];
    const second = world.start({ approve: user });
    await world.clock.advance(5000);
    expect(second.phases()).toEqual(phases);
    expect(world.azure.requested).toHaveLength(still ? 2 : 1);
    const { data } = second.events.findLast(({ type }) => type.includes("scheduledevent")) ?? {};
    expect((data as { readonly outcome?: string } | undefined)?.outcome).toBe(outcome);
  });
});
