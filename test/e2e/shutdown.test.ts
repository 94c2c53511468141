import { mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

/** A receiver that takes requests and never answers. */
async function startDeafReceiver() {
  let requests = 0;
  const server = createServer(() => void requests++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const hook = (url: string) => ({ type: "webhook", options: { url } });

test.concurrent.each(["SIGINT", "SIGTERM"] as const)(
  "%s: what is there is delivered, one line per sink, exit 0",
  async (signal) => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using receiver = await startTestReceiver();
    const sinks = { audit: fileSink(place), hook: hook(receiver.url) };
    await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })]);
    await agent.says("IMDS answers");
    const ids = ["Reboot", "Freeze", "Redeploy"].map(
      (EventType) => simulator.schedule({ EventType }).EventId,
    );
    const polls = simulator.requests.length;
    await eventually(() => simulator.requests.length > polls, agent.stderr);
    expect(await agent.end(signal)).toBe(0);
    const events = eventsIn(place);
    const known = ids.filter((id) => phasesOf(events, id).length > 0);
    expect(typesOf(events).at(-1)).toBe("agent.stopped");
    expect(new Set(receiver.events.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
    const lines = logOf(agent).filter(({ message }) => /^sink .*delivered/.test(message));
    expect(lines.map(({ message }) => message)).toEqual(
      ["audit", "hook"].map((name) => `sink ${name}: delivered ${known.length + 2}, left 0 on disk, dead 0`),
    );
  },
);

test.concurrent(
  "a receiver that never answers holds the end no longer than shutdownTimeout; nothing is lost",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using deaf = await startDeafReceiver();
    await using receiver = await startTestReceiver();
    const given = (url: string) =>
      configured(place, {
        imds: simulator.url,
        shutdownTimeout: "1s",
        sinks: { audit: fileSink(place), hook: hook(url) },
      });
    await using agent = forewarn(["run", "-c", given(deaf.url)]);
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    await eventually(
      () => deaf.requests() >= 2 && phasesOf(eventsIn(place), EventId).length > 0,
      agent.stderr,
    );
    const asked = performance.now();
    expect(await agent.end()).toBe(0);
    const took = performance.now() - asked;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(8000);
    expect(agent.stderr()).toContain("sink audit: delivered 3, left 0 on disk, dead 0");
    expect(agent.stderr()).toContain("sink hook: delivered 0, left 3 on disk, dead 0");

    await using next = forewarn(["run", "-c", given(receiver.url)]);
    await eventually(() => receiver.events.length >= 4, next.stderr);
    expect(await next.end()).toBe(0);
    expect(receiver.events.map(({ id }) => id).toSorted()).toEqual(
      eventsIn(place)
        .map(({ id }) => id)
        .toSorted(),
    );
  },
);

test.concurrent("a second signal ends it at once, as 128 + its number; nothing is lost", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using deaf = await startDeafReceiver();
  await using receiver = await startTestReceiver();
  const given = (url: string) =>
    configured(place, {
      imds: simulator.url,
      shutdownTimeout: "1h",
      sinks: { audit: fileSink(place), hook: { ...hook(url), timeout: "1h" } },
    });
  await using agent = forewarn(["run", "-c", given(deaf.url)]);
  const { EventId } = simulator.schedule({ EventType: "Preempt" });
  await eventually(() => deaf.requests() >= 2, agent.stderr);
  agent.child.kill("SIGTERM");
  await eventually(() => typesOf(eventsIn(place)).includes("agent.stopped"), agent.stderr);
  expect(agent.child.exitCode).toBe(null);
  expect(await agent.end("SIGINT")).toBe(130);

  await using next = forewarn(["run", "-c", given(receiver.url)]);
  await eventually(
    () => typesOf(receiver.events).filter((type) => type === "agent.started").length >= 2,
    next.stderr,
  );
  expect(await next.end()).toBe(0);
  expect(phasesOf(receiver.events, EventId)).toEqual(["scheduled"]);
  expect(typesOf(receiver.events).filter((type) => type === "agent.stopped")).toHaveLength(2);
});

describe("run --simulate", () => {
  const embedded = {
    url: "${env:FOREWARN_RECEIVER_URL}",
    secret: "${env:FOREWARN_RECEIVER_SECRET}",
  };
  const simulatedRun = (place: Place, args: readonly string[], options: object = embedded) => {
    const temporary = join(place.path, "tmp");
    mkdirSync(temporary);
    const sinks = { audit: fileSink(place), hook: { type: "webhook", options } };
    const file = configured(place, { shutdownTimeout: "1m", sinks });
    const agent = forewarn(["run", "--simulate", ...args, "--print", "-c", file], {
      env: { TMPDIR: temporary },
    });
    return { agent, leftovers: () => readdirSync(temporary) };
  };

  test.concurrent("demo, ended early by SIGINT: the summary, exit 0, nothing left behind", async () => {
    using place = temporaryPlace();
    const { agent, leftovers } = simulatedRun(place, ["demo"]);
    await using _ = agent;
    await agent.says(/SCHEDULED +Reboot of web-01/);
    expect(leftovers()).toEqual([expect.stringMatching(/^forewarn-simulate-/)]);
    const address = /127\.0\.0\.1:\d+/;
    expect(await agent.end("SIGINT")).toBe(0);
    expect(agent.stdout()).toMatch(/\nForwarded [34] events in \d/);
    expect(agent.stdout()).toMatch(
      /\n {2}audit +[34] delivered, 0 left on disk, 0 dead {2}→ .*events\.ndjson/,
    );
    expect(agent.stdout()).toMatch(/\n {2}hook +[34] delivered, 0 left on disk, 0 dead {2}→ http:\/\/127/);
    expect(agent.stdout()).toMatch(/\n {2}Reboot +scheduled\n/);
    expect(agent.stdout()).toMatch(
      /The receiver took [34] events: [34] requests with a right signature, 0 refused, 0 duplicates\.\n$/,
    );
    expect(leftovers()).toEqual([]);
    const url = `http://${address.exec(agent.stdout())?.[0]}/events`;
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test.concurrent("a second signal leaves no directory behind either", async () => {
    using place = temporaryPlace();
    await using deaf = await startDeafReceiver();
    const { agent, leftovers } = simulatedRun(place, ["demo"], { url: deaf.url });
    await using _ = agent;
    await agent.says("AGENT STARTED");
    agent.child.kill("SIGINT");
    await agent.says("AGENT STOPPED");
    expect(leftovers()).toHaveLength(1);
    expect(await agent.end("SIGINT")).toBe(130);
    expect(leftovers()).toEqual([]);
  });

  test.concurrent("--keep plays again, with other ids, until stopped", async () => {
    using place = temporaryPlace();
    const { agent } = simulatedRun(place, ["preempt-spot", "--time-scale", "300", "--keep"]);
    await using _ = agent;
    await eventually(
      () => typesOf(eventsIn(place)).filter((type) => type === "scheduledevent.scheduled").length >= 2,
      () => agent.stdout() + agent.stderr(),
    );
    expect(agent.child.exitCode).toBe(null);
    expect(await agent.end("SIGINT")).toBe(0);
    expect(agent.stdout()).toMatch(/\n {2}Preempt +scheduled → started → completed\n {2}Preempt +scheduled/);
    const scheduled = eventsIn(place).filter(({ type }) => type.endsWith(".scheduled"));
    expect(new Set(scheduled.map(({ subject }) => subject)).size).toBe(scheduled.length);
  });
});
