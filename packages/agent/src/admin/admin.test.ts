import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { RetryError } from "@forewarn/sdk";
import { expect, onTestFinished, test } from "vitest";
import { createAzure } from "../source/fixtures/azure.ts";
import { askAt, askedAgent } from "./fixtures/asked-agent.ts";

const fine = () => {};

test("ready when Azure has answered, not before, and alive all the time", async () => {
  const waiting = Promise.withResolvers<void>();
  const azure = createAzure();
  azure.slow = () => waiting.promise;
  const { ask, clock } = await askedAgent({ ops: fine }, undefined, azure);
  expect(await ask("/readyz")).toMatchObject({
    status: 503,
    body: "not ready\n- IMDS has not given a good answer yet\n",
  });
  expect(await ask("/healthz")).toMatchObject({ status: 200, body: "alive\n" });
  azure.slow = () => Promise.resolve();
  waiting.resolve();
  await clock.advance(1000);
  expect(await ask("/readyz")).toMatchObject({ status: 200, body: "ready\n" });
});

test("not ready when Azure has been silent for longer than is usual, and says for how long", async () => {
  const { ask, clock, azure, status } = await askedAgent({ ops: fine });
  await clock.advance(1000);
  azure.failing = "timeout";
  await clock.advance(60_000);
  expect((await ask("/readyz")).status).toBe(200);
  expect((await status()).imds).toMatchObject({
    state: "failing",
    lastGoodPoll: "2026-11-22T20:00:01.000Z",
    message: "it went wrong: timeout",
  });
  await clock.advance(60_000);
  expect(await ask("/readyz")).toMatchObject({
    status: 503,
    body: "not ready\n- no good answer of IMDS for 2 min: it went wrong: timeout\n",
  });
  expect(await status()).toMatchObject({ healthy: false, imds: { state: "unreachable" } });
  expect((await ask("/healthz")).status).toBe(200);
});

test("a fault of the agent's own: neither alive nor ready", async () => {
  const { ask, agent, clock } = await askedAgent({ ops: fine });
  await clock.advance(1000);
  agent.telemetry.emit("failed", { error: new Error("a bug") });
  expect(await ask("/healthz")).toMatchObject({ status: 503, body: "the agent has failed: a bug\n" });
  expect((await ask("/readyz")).body).toContain("only a new start helps: a bug");
});

test("a state directory that cannot be written: not ready, and well again afterwards", async () => {
  const { ask, agent, clock, status } = await askedAgent({ ops: fine });
  await clock.advance(1000);
  agent.telemetry.emit("stateFailed", { doing: "storing events", message: "disk I/O error" });
  expect((await ask("/readyz")).body).toBe("not ready\n- events cannot be stored: disk I/O error\n");
  agent.telemetry.emit("stateFailed", { doing: "settling", message: "busy" });
  agent.telemetry.emit("stateRecovered");
  expect((await ask("/readyz")).status).toBe(200);
  agent.telemetry.emit("degraded", { reason: "damage", message: "malformed", kept: "x", salvaged: 1 });
  expect(await status()).toMatchObject({ healthy: true, outbox: { degraded: false, damage: "malformed" } });
});

test.each([
  ["GET", "evil.example:4690", 403],
  ["GET", "127.0.0.1.evil.example", 403],
  ["GET", "localhost:1", 200],
  ["POST", "localhost", 405],
  ["DELETE", "localhost", 405],
  ["OPTIONS", "localhost", 405],
] as const)("%s as %s: %i", async (method, host, expected) => {
  const { ask } = await askedAgent({ ops: fine });
  const { status, headers } = await ask("/healthz", { method, headers: { host } });
  expect(status).toBe(expected);
  expect(headers["allow"]).toBe(expected === 405 ? "GET, HEAD" : undefined);
  const allowing = Object.keys(headers).filter((name) => name.startsWith("access-control"));
  expect(allowing).toEqual([]);
  expect(headers["cache-control"]).toBe("no-store");
});

test("HEAD has the headers of GET and no body; what is not there says what is", async () => {
  const { ask } = await askedAgent({ ops: fine });
  const head = await ask("/healthz", { method: "HEAD" });
  expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "6"]);
  expect((await ask("/api/v1/events", { method: "HEAD" })).headers["content-type"]).toBe("text/event-stream");
  const nothing = await ask("/toString");
  expect([nothing.status, nothing.body]).toEqual([404, expect.stringContaining("/metrics, /api/v1/status")]);
});

test("a port that is taken is a warning that says what to do, and events are delivered all the same", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const took: string[] = [];
  const { log, clock, url } = await askedAgent(
    { ops: ({ events }) => took.push(...events.map(({ type }) => type)) },
    { host: "127.0.0.1", port },
  );
  expect(url).toBe("");
  expect(log[0]).toBe(
    `the admin server cannot listen on 127.0.0.1:${port}: another program has it. The agent runs without it; admin.listen chooses another address`,
  );
  await clock.advance(1000);
  expect(took).toEqual(["io.forewarn.agent.started"]);
});

test("an address that others can reach gets a warning, and is asked by its own name", async () => {
  const { log, url } = await askedAgent({ ops: fine }, { host: "0.0.0.0", port: 0 });
  expect(log[1]).toContain("where other machines may read");
  const { port } = new URL(url);
  expect((await askAt(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  const foreign = await askAt(`http://127.0.0.1:${port}/healthz`, { headers: { host: "evil.example" } });
  expect(foreign.status).toBe(403);
});

test("whose agent answers: its state directory, absolute", async () => {
  const { status, directory } = await askedAgent({ ops: fine });
  expect((await status()).outbox.directory).toBe(directory);
});

test("what each sink does: working, failing, paused, its numbers, and no secret", async () => {
  let broken = true;
  const { status, clock, azure } = await askedAgent({
    good: fine,
    bad: () => {
      if (broken) throw new RetryError("answered 503");
    },
  });
  await clock.advance(1000);
  const first = await status();
  expect(first).toMatchObject({ healthy: false, problems: ["sink bad is failing: answered 503"] });
  expect(first.sinks).toMatchObject([
    {
      name: "good",
      state: "working",
      delivered: 1,
      pending: 0,
      oldestUndelivered: null,
      lastError: null,
    },
    {
      name: "bad",
      state: "failing",
      delivered: 0,
      pending: 1,
      oldestUndelivered: "2026-11-22T20:00:00.000Z",
      lastError: { message: "answered 503" },
      dead: 0,
      parked: 0,
      deadlineMissed: 0,
    },
  ]);
  broken = false;
  await clock.advance(60_000);
  const then = await status();
  expect(then).toMatchObject({ healthy: true, problems: [], uptimeMs: 61_000 });
  expect(then.sinks[1]).toMatchObject({ state: "working", delivered: 1, pending: 0 });
  expect(azure.asked).toBeGreaterThan(1);
});

test("a sink that begins again with other settings is not what it was", async () => {
  const { agent, clock, status } = await askedAgent({ ops: fine });
  await clock.advance(1000);
  agent.telemetry.emit("sinkPaused", { sink: "ops", reason: "hung", message: "does not end" });
  await clock.advance(1000);
  expect((await status()).sinks[0]).toMatchObject({ state: "hung", since: "2026-11-22T20:00:01.000Z" });
  expect((await status()).problems).toEqual(["sink ops is paused as hung: does not end"]);
  agent.telemetry.emit("sinkStarted", { sink: "ops" });
  expect((await status()).sinks[0]).toMatchObject({ state: "working", lastError: null });
});

test("a probe that fails leaves a paused sink paused; a cut attempt says nothing", async () => {
  const { agent, clock, status } = await askedAgent({ ops: fine });
  await clock.advance(1000);
  const attempted = { sink: "ops", events: 1, ms: 1 } as const;
  const stateOf = async () => (await status()).sinks[0]?.state;
  agent.telemetry.emit("attempted", { ...attempted, result: "cut", message: "made room" });
  expect(await stateOf()).toBe("working");
  agent.telemetry.emit("attempted", { ...attempted, result: "hung", message: "went on" });
  expect(await stateOf()).toBe("failing");
  agent.telemetry.emit("attempted", { ...attempted, result: "reject", message: "400" });
  expect(await stateOf()).toBe("working");
  agent.telemetry.emit("sinkPaused", { sink: "ops", reason: "misconfigured", message: "403" });
  agent.telemetry.emit("attempted", { ...attempted, result: "retry", message: "503" });
  expect(await stateOf()).toBe("paused");
  expect((await status()).sinks[0]?.lastError?.message).toBe("503");
});
