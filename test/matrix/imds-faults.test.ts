import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAgent, systemClock } from "@forewarn/agent";
import { type Fault, type ServerAnswer, type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { defineSink, Type } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { type Relay, startRelay } from "./relay.ts";

/** What IMDS does wrong, made for the document that it should have sent. */
type Wrong = Fault | "nobody listens" | ((simulator: Simulator) => ServerAnswer);

const answer = (status: number, body: ServerAnswer["body"] = { error: "simulated" }): Fault => ({
  status,
  body,
});

const faults: readonly (readonly [name: string, wrong: Wrong])[] = [
  // First, since it takes longest.
  ["silence", "hang"],
  ...[400, 401, 403, 404, 405, 410, 429, 500, 503].map((status) => [`${status}`, answer(status)] as const),
  ["a redirect", { status: 302, headers: { Location: "http://127.0.0.1:9/login" } }],
  ["an empty 200", answer(200, "")],
  ["text instead of JSON", answer(200, "Service is being updated")],
  ["a proxy's HTML", { status: 200, headers: { "Content-Type": "text/html" }, body: "<html>Log in</html>" }],
  ["JSON of another service", answer(200, {})],
  ["Events that are no list", answer(200, { DocumentIncarnation: 9, Events: null })],
  ["half a body", "half-body"],
  ["a reset", "reset"],
  ["a slow answer", { slow: 60 }],
  [
    "control characters",
    (simulator) => ({
      status: 200,
      body: JSON.stringify({ ...simulator.document(), Note: "#" }).replace('"#"', '"a\u0001\nb"'),
    }),
  ],
  ["nobody who listens", "nobody listens"],
];

/** Waits until something holds; the test's own limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

/** An agent that asks often, and what its sink got: `phase` by EventId, in order. */
function startAgent(endpoint: string) {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-matrix-"));
  const got: string[] = [];
  let answers = 0;
  const definition = defineSink({
    type: "collect",
    summary: "Keeps what it gets.",
    options: Type.Object({}),
    open: () => ({
      async deliver({ events }) {
        got.push(...events.map(({ id }) => id));
      },
    }),
  });
  const agent = createAgent(
    {
      imds: { endpoint, pollIntervalMs: 30, requestTimeoutMs: 300, unreachableAfterMs: 3_600_000 },
      state: { path: directory },
      sinks: [{ name: "a", definition, when: { types: ["io.forewarn.scheduledevent.*"] } }],
    },
    {
      environment: {},
      // After a bad answer the agent waits, up to 30 s, which would prove nothing here.
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 60), signal) },
    },
  );
  agent.telemetry.on("polled", () => answers++);
  agent.telemetry.on("pollFailed", () => answers++);
  agent.start();
  return {
    got,
    /** Waits until IMDS was asked so often from now on, and has answered or not. */
    async asked(times: number) {
      const enough = answers + times;
      await until(() => answers >= enough);
    },
    async [Symbol.asyncDispose]() {
      await agent.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Begins to answer wrongly; returns what ends it. */
async function begin(wrong: Wrong, simulator: Simulator, relay: Relay): Promise<() => Promise<void>> {
  if (wrong === "nobody listens") {
    await relay.down();
    return relay.up;
  }
  const end = simulator.respondWith(({ path }) => {
    if (!path.startsWith("/metadata/scheduledevents")) return undefined;
    return typeof wrong === "function" ? wrong(simulator) : wrong;
  });
  return () => Promise.resolve(end());
}

test.concurrent.each(faults)(
  "%s before, at and after every step of a life: no false end, nothing twice, nothing missed",
  async (_, wrong) => {
    await using simulator = await startSimulator();
    await using relay = await startRelay(simulator.url);
    await using agent = startAgent(relay.url);
    await agent.asked(2);

    /** Lets Azure change something while IMDS answers wrongly, and waits for what that means. */
    async function step(change: () => void, ...ids: readonly string[]): Promise<void> {
      const before = agent.got.length;
      const end = await begin(wrong, simulator, relay);
      await agent.asked(2);
      change();
      await agent.asked(2);
      await end();
      await until(() => agent.got.length >= before + ids.length);
      await agent.asked(2);
      expect(agent.got.slice(before).map((id) => id.replace(/:[0-9a-f]{12}$/, ""))).toEqual(ids);
    }

    const first = "11111111-aaaa-4000-8000-000000000001";
    const second = "22222222-aaaa-4000-8000-000000000002";
    await step(() => {});
    await step(() => void simulator.schedule({ EventId: first, EventType: "Reboot" }), `${first}:scheduled`);
    await step(() => {});
    await step(() => simulator.update(first, { Description: "sooner" }), `${first}:updated`);
    await step(() => simulator.start(first), `${first}:started`);
    await step(() => {});
    await step(
      () => void simulator.schedule({ EventId: second, EventType: "Freeze" }),
      `${second}:scheduled`,
    );
    await step(() => simulator.remove(first), `${first}:completed`);
    await step(() => simulator.remove(second), `${second}:canceled`);
    await step(() => {});
    expect(agent.got).toHaveLength(6);
  },
);
