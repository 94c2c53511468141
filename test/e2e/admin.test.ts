import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { logOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

async function result(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using agent = forewarn(args, { env });
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

/** Where an agent that listens on any free port says that it answers. */
async function adminUrl(agent: Forewarn): Promise<string> {
  await agent.says(/live events at http:\/\/[^"\s]+/);
  return /live events at (http:\/\/[^"\s]+)/.exec(agent.stderr())?.[1] ?? "";
}

test.concurrent("alive, ready, metrics and status of a running agent; status follows its sinks", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  receiver.answer(503);
  const port = await freePort();
  const file = configured(place, {
    imds: simulator.url,
    admin: `127.0.0.1:${port}`,
    sinks: { audit: fileSink(place), hook: { type: "webhook", options: { url: receiver.url } } },
  });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  const url = await adminUrl(agent);
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(await (await fetch(`${url}/healthz`)).text()).toBe("alive\n");
  expect(await (await fetch(`${url}/readyz`)).text()).toBe("ready\n");
  const metrics = await fetch(`${url}/metrics`, { headers: { accept: "application/openmetrics-text" } });
  expect(metrics.headers.get("content-type")).toContain("openmetrics");
  expect((await metrics.text()).endsWith("# EOF\n")).toBe(true);

  await agent.says("sink hook:");
  const degraded = await result(["status", "-c", file]);
  expect([degraded.code, degraded.stderr]).toEqual([1, ""]);
  expect(degraded.stdout).toMatch(
    /^forewarn \d+\.\d+\.\d+, up [^:]+: degraded\n {2}! sink hook is failing: /,
  );
  expect(degraded.stdout).toMatch(/\naudit +working +1 +0 +- +0 +0 +0\nhook +failing +0 +1 +/);
  receiver.answer(204);
  await agent.says("sink hook takes events again");
  const healthy = await result(["status", "--json", "-c", file]);
  expect(healthy.code).toBe(0);
  expect(JSON.parse(healthy.stdout)).toMatchObject({
    running: true,
    healthy: true,
    problems: [],
    imds: { state: "answering", scheduledEvents: 0 },
    outbox: { degraded: false },
    sinks: [
      { name: "audit", state: "working", delivered: 1, pending: 0 },
      { name: "hook", state: "working", delivered: 1, pending: 0 },
    ],
  });
  expect((await result(["status", "--admin", `127.0.0.1:${port}`])).code).toBe(0);
  expect(await agent.end()).toBe(0);
});

describe("forewarn tap", () => {
  test.concurrent(
    "shows an event and who has it, listens again after a restart, ends by SIGINT",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      const admin = `127.0.0.1:${await freePort()}`;
      const file = configured(place, { imds: simulator.url, admin, sinks: { audit: fileSink(place) } });
      const started = forewarn(["run", "-c", file]);
      await using first = started;
      await first.says("IMDS answers");
      await adminUrl(first);
      await using tap = forewarn(["tap", "--types", "scheduledevent.*", "-c", file]);
      await eventuallyListening(admin);
      const { EventId } = simulator.schedule({ EventType: "Reboot" });
      await tap.says(/SCHEDULED +Reboot of .*\n +→ audit \(\d+ ms\)\n/);
      expect(await first.end()).toBe(0);
      await tap.says("trying again every second");

      await using second = forewarn(["run", "-c", file]);
      await tap.says("listening again");
      simulator.start(EventId);
      await tap.says(/STARTED +Reboot/);
      expect(await tap.end("SIGINT")).toBe(0);
      expect(tap.stdout()).not.toContain("AGENT");
      expect(await second.end()).toBe(0);
    },
  );

  test.concurrent("--json: one object per event and per delivery; it ends when its reader goes", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const file = configured(place, {
      imds: simulator.url,
      admin: "127.0.0.1:0",
      sinks: { audit: fileSink(place) },
    });
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    const url = await adminUrl(agent);
    await using tap = forewarn(["tap", "--json", "--types", "scheduledevent.*", "--admin", url]);
    await eventuallyListening(url.replace("http://", ""));
    simulator.schedule({ EventType: "Freeze" });
    await tap.says('"kind":"delivery"');
    const lines = tap.stdout().trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { kind: "event", event: { data: { eventType: "Freeze" } } },
      { kind: "delivery", sink: "audit", attempt: 1, event: { data: { eventType: "Freeze" } } },
    ]);
    tap.child.stdout?.destroy();
    for (let n = 0; tap.child.exitCode === null && n < 50; n++) {
      simulator.schedule({ EventType: "Freeze" });
      await new Promise((next) => setTimeout(next, 200));
    }
    expect(await tap.exited()).toBe(0);
    expect(await agent.end()).toBe(0);
  });
});

describe("where no agent answers", () => {
  test.concurrent("status tells what the state directory holds, and exits 3", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const admin = `127.0.0.1:${await freePort()}`;
    const sinks = {
      audit: fileSink(place),
      hook: {
        type: "webhook",
        options: { url: "http://127.0.0.1:9/events", secret: "${env:ONLY_THE_AGENT_HAS}" },
      },
    };
    const file = configured(place, { imds: simulator.url, admin, shutdownTimeout: "1s", sinks });
    const none = await result(["status", "-c", file]);
    expect(none).toMatchObject({ code: 3, stdout: "" });
    expect(none.stderr).toBe(
      `forewarn status: no agent answers at http://${admin}: nobody listens there\nforewarn status: there is no outbox in ${join(place.path, "state")}: no agent has run with this state directory yet, or it is another one [STATE_MISSING]\n`,
    );
    await using agent = forewarn(["run", "-c", file], {
      env: { ONLY_THE_AGENT_HAS: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
    });
    await agent.says("IMDS answers");
    await agent.says("sink hook:");
    expect(await agent.end()).toBe(0);
    const left = await result(["status", "-c", file]);
    expect(left.code).toBe(3);
    expect(left.stderr).toContain("nobody listens there");
    expect(left.stdout).toMatch(
      /^From the state directory .*: no agent is running\.\nlast good poll .* ago\n/,
    );
    expect(left.stdout).toMatch(/\naudit +0 +- +0\nhook +3 +\S+.* 0\n/);
    const json = await result(["status", "--json", "-c", file]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      running: false,
      error: expect.stringContaining("nobody listens there") as string,
      sinks: [
        { name: "audit", pending: 0, oldestUndelivered: null },
        { name: "hook", pending: 3 },
      ],
    });
    expect((await result(["tap", "-c", file])).code).toBe(3);
  });

  test.concurrent(
    "admin: off: status says that an agent runs all the same, and exits 1; tap cannot listen",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
      await using agent = forewarn(["run", "-c", file]);
      await agent.says("IMDS answers");
      expect(agent.stderr()).not.toContain("live events at");
      const { code, stdout, stderr } = await result(["status", "-c", file]);
      expect(code).toBe(1);
      expect(stderr).toBe(`forewarn status: admin is off in ${file}\n`);
      expect(stdout).toContain("an agent is running.\n");
      expect(await result(["tap", "-c", file])).toMatchObject({ code: 3, stdout: "" });
      expect(await agent.end()).toBe(0);
    },
  );

  test.concurrent("something else answers there", async () => {
    await using other = await startSimulator();
    const { code, stderr } = await result(["status", "--admin", other.url]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/answers \d{3}|is no forewarn agent/)]);
  });
});

test.concurrent("a taken port is a warning, and the agent runs on; run --once never listens", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  const file = configured(place, {
    imds: simulator.url,
    admin: `127.0.0.1:${port}`,
    sinks: { audit: fileSink(place) },
  });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  await eventually(
    () =>
      logOf(agent).some(
        ({ level, message }) => level === "warn" && message.includes("another program has it"),
      ),
    agent.stderr,
  );
  expect(await agent.end()).toBe(0);
  expect(agent.stderr()).toContain("sink audit: delivered 2, left 0 on disk, dead 0");
  const polled = await result(["run", "--once", "-c", file]);
  expect(polled.code).toBe(0);
  expect(polled.stderr).not.toContain("admin server");
  server.close();
});

test.concurrent(
  "two agents with one admin.listen: status of the second tells of the second, and tap of nobody else",
  async () => {
    using place = temporaryPlace();
    using elsewhere = temporaryPlace();
    await using simulator = await startSimulator();
    const admin = `127.0.0.1:${await freePort()}`;
    const [one, other] = [place, elsewhere].map((home) =>
      configured(home, { imds: simulator.url, admin, sinks: { audit: fileSink(home) } }),
    ) as [string, string];
    await using first = forewarn(["run", "-c", one]);
    await first.says("IMDS answers");
    await adminUrl(first);
    const before = await result(["status", "-c", other]);
    expect([before.code, before.stdout]).toEqual([3, ""]);
    expect(before.stderr).toContain(`is another one: it keeps its state in ${join(place.path, "state")}`);
    await using second = forewarn(["run", "-c", other]);
    await second.says("another program has it");
    const beside = await result(["status", "-c", other]);
    expect(beside.code).toBe(1);
    expect(beside.stderr).toContain("is another one");
    expect(beside.stdout).toContain(`${join(elsewhere.path, "state")}: an agent is running.`);
    const tap = await result(["tap", "-c", other]);
    expect([tap.code, tap.stdout]).toEqual([3, ""]);
    expect(tap.stderr).toMatch(
      /^forewarn tap: .* is another one: .*\n {2}help: give each agent an admin\.listen/,
    );
    const doctor = await result(["doctor", "-c", other, "--endpoint", simulator.url]);
    expect(doctor.stdout).toMatch(/^! An agent runs here and cannot be asked: .* is another one: /m);
    expect((await result(["status", "-c", one])).code).toBe(0);
    expect([await first.end(), await second.end()]).toEqual([0, 0]);
  },
);

test.concurrent("a simulated run beside a real agent answers on a port of its own", async () => {
  using place = temporaryPlace();
  const port = await freePort();
  const file = configured(place, { admin: `127.0.0.1:${port}`, sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["run", "--simulate", "demo", "-c", file]);
  const url = await adminUrl(agent);
  expect(url).not.toContain(`:${port}`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const events = join(place.path, "events.ndjson");
  await eventually(
    () => existsSync(events) && readFileSync(events, "utf8").includes("agent.started"),
    agent.stderr,
  );
  expect(await agent.end("SIGINT")).toBe(0);
});

/** Resolves when somebody reads the live stream. */
async function eventuallyListening(admin: string): Promise<void> {
  const readers = async () =>
    /^forewarn_admin_readers (\d+)$/m.exec(await (await fetch(`http://${admin}/metrics`)).text())?.[1];
  while ((await readers()) !== "1") await new Promise((next) => setTimeout(next, 20));
}
