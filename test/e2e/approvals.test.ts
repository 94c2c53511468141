import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink, type Wanted } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { dataOf, eventsIn, phasesOf } from "./lines.ts";

const user = { EventType: "Reboot", EventSource: "User" } as const;

/** What was asked to start, by its bodies. */
function approvals({ requests }: Pick<Simulator, "requests">): readonly string[] {
  return requests.flatMap(({ method, body }) =>
    method === "POST"
      ? (JSON.parse(body) as { StartRequests: { EventId: string }[] }).StartRequests.map(
          ({ EventId }) => EventId,
        )
      : [],
  );
}

async function watching(place: Place, imds: string, wanted: Partial<Wanted>): Promise<Forewarn> {
  const file = configured(place, { imds, sinks: { audit: fileSink(place) }, ...wanted });
  const agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  return agent;
}

const told = (place: Place, id: string) => phasesOf(eventsIn(place), id);

async function eventuallyTold(place: Place, agent: Forewarn, id: string, phases: readonly string[]) {
  await eventually(
    () => told(place, id).length >= phases.length,
    () => `${told(place, id).join()}\n${agent.stderr()}`,
  );
  expect(told(place, id)).toEqual(phases);
}

describe("never", () => {
  test.concurrent("is the default: no request to start anything leaves the agent", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using agent = await watching(place, simulator.url, {});
    const { EventId } = simulator.schedule(user);
    await eventuallyTold(place, agent, EventId, ["scheduled"]);
    const asked = simulator.requests.length;
    await eventually(() => simulator.requests.length > asked + 5, agent.stderr);
    expect(approvals(simulator)).toEqual([]);
    expect(simulator.requests.every(({ method }) => method === "GET")).toBe(true);
  });
});

describe("user", () => {
  test.concurrent("what a person asked for starts at once, and all of it is told", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using agent = await watching(place, simulator.url, { approve: "user" });
    const platform = simulator.schedule({ EventType: "Reboot" });
    const shared = simulator.schedule({ ...user, Resources: [simulator.vm.name, "web-02"] });
    const { EventId } = simulator.schedule(user);
    await eventuallyTold(place, agent, EventId, ["scheduled", "approved", "started"]);
    simulator.remove(EventId);
    await eventuallyTold(place, agent, EventId, ["scheduled", "approved", "started", "completed"]);
    expect(approvals(simulator)).toEqual([EventId]);
    expect(told(place, platform.EventId)).toEqual(["scheduled"]);
    const approved = eventsIn(place).find(({ type }) => type.endsWith(".approved"));
    expect(dataOf(approved)).toMatchObject({ approval: { by: "policy", rule: "User events" } });
    expect(agent.stderr()).toContain(`Reboot ${EventId} is approved: Azure may start it at any moment`);
    expect(agent.stderr()).toContain(
      `Reboot ${shared.EventId} will not be approved: it would start on web-02, too; approve.shared: true would allow that`,
    );
    const history = forewarn(["history", "--state", join(place.path, "state"), "--type", "*.approved"]);
    expect(await history.exited()).toBe(0);
    expect(history.stdout()).toMatch(
      /APPROVED +Reboot of web-01 may start now, by the policy \(User events\)/,
    );
  });

  test.concurrent("a dry run says it and sends nothing", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const approve = { eventSource: "User", dryRun: true };
    await using agent = await watching(place, simulator.url, { approve });
    const { EventId } = simulator.schedule(user);
    await agent.says(`Reboot ${EventId} would be approved now (User events); nothing is sent`);
    simulator.remove(EventId);
    await eventuallyTold(place, agent, EventId, ["scheduled", "canceled"]);
    expect(approvals(simulator)).toEqual([]);
  });

  test.concurrent("a reload takes another policy over", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using agent = await watching(place, simulator.url, {});
    const { EventId } = simulator.schedule(user);
    await eventuallyTold(place, agent, EventId, ["scheduled"]);
    configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) }, approve: "user" });
    agent.child.kill("SIGHUP");
    await eventuallyTold(place, agent, EventId, ["scheduled", "approved", "started"]);
    expect(agent.stderr()).not.toContain("takes effect with the next start");
  });

  test.concurrent("run --once approves, too", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { EventId } = simulator.schedule(user);
    const sinks = { audit: { ...fileSink(place), from: "start" } };
    const file = configured(place, { imds: simulator.url, sinks, approve: { after: ["audit"] } });
    await using agent = forewarn(["run", "--once", "-c", file]);
    expect(await agent.exited()).toBe(0);
    expect(told(place, EventId), agent.stderr()).toEqual(["scheduled", "approved"]);
    expect(approvals(simulator)).toEqual([EventId]);
  });
});

describe("after", () => {
  const drain = (place: Place, script: string) => ({
    drain: { type: "exec", options: { command: ["/bin/sh", place.file("drain.sh", script)] } },
    audit: fileSink(place),
  });

  test.concurrent("not before the drain has ended well", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const gate = join(place.path, "drained");
    const script = `[ "$FOREWARN_PHASE" != scheduled ] || while [ ! -e '${gate}' ]; do sleep 0.05; done`;
    const sinks = drain(place, script);
    await using agent = await watching(place, simulator.url, { sinks, approve: { after: ["drain"] } });
    const { EventId } = simulator.schedule({ EventType: "Redeploy" });
    await eventuallyTold(place, agent, EventId, ["scheduled"]);
    const asked = simulator.requests.length;
    await eventually(() => simulator.requests.length > asked + 5, agent.stderr);
    expect(approvals(simulator)).toEqual([]);
    place.file("drained", "");
    await eventuallyTold(place, agent, EventId, ["scheduled", "approved", "started"]);
    expect(approvals(simulator)).toEqual([EventId]);
  });

  test.concurrent("never where the drain has failed", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const sinks = drain(place, "exit 3");
    await using agent = await watching(place, simulator.url, { sinks, approve: { after: ["drain"] } });
    const { EventId } = simulator.schedule({ EventType: "Redeploy" });
    await agent.says(/Redeploy \S+ will not be approved: drain did not take it \(rejected: .*3/);
    const asked = simulator.requests.length;
    await eventually(() => simulator.requests.length > asked + 5, agent.stderr);
    expect([approvals(simulator), told(place, EventId)]).toEqual([[], ["scheduled"]]);
  });
});

describe("a kill between asking Azure and storing what it said", () => {
  test.concurrent("the next agent asks again: nothing is forgotten, and it is told once", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const undo = simulator.respondWith(({ method }) => (method === "POST" ? { slow: 120_000 } : undefined));
    const first = await watching(place, simulator.url, { approve: "user" });
    const { EventId } = simulator.schedule(user);
    await eventually(() => approvals(simulator).length === 1, first.stderr);
    expect(await first.end("SIGKILL")).toBe("SIGKILL");
    expect(told(place, EventId)).toEqual(["scheduled"]);
    undo();
    await using agent = await watching(place, simulator.url, { approve: "user" });
    await eventuallyTold(place, agent, EventId, ["scheduled", "approved", "started"]);
    expect(approvals(simulator)).toEqual([EventId, EventId]);
  });

  test.concurrent("an event that is gone then was not cancelled", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    simulator.respondWith(({ method }) => (method === "POST" ? { slow: 120_000 } : undefined));
    const first = await watching(place, simulator.url, { approve: "user" });
    const { EventId } = simulator.schedule(user);
    await eventually(() => approvals(simulator).length === 1, first.stderr);
    await first.end("SIGKILL");
    simulator.remove(EventId);
    await using agent = await watching(place, simulator.url, { approve: "user" });
    await eventuallyTold(place, agent, EventId, ["scheduled", "ended"]);
    expect(dataOf(eventsIn(place).at(-1))).toMatchObject({ outcome: "removed-after-approval" });
  });
});

test.concurrent("before the machine is stopped all that waits is tried once more", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const digest = { ...fileSink(place), batch: { linger: "1h" }, when: { types: ["io.forewarn.agent.*"] } };
  await using agent = await watching(place, simulator.url, { sinks: { digest } });
  expect(eventsIn(place)).toEqual([]);
  const { EventId } = simulator.schedule({ EventType: "Preempt", NotBefore: new Date(Date.now() + 20_000) });
  await agent.says(
    new RegExp(
      `Preempt ${EventId} may stop this machine now; all that was pending was tried once more, in .*: digest delivered 1, left 0`,
    ),
  );
  expect(eventsIn(place).map(({ type }) => type)).toEqual(["io.forewarn.agent.started"]);
});
