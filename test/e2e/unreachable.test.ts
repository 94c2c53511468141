import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { dataOf, eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";

test.concurrent(
  "IMDS away at the start: said once, tried again until it answers, told as events",
  async () => {
    using place = temporaryPlace();
    const port = await freePort();
    const imds = `http://127.0.0.1:${port}`;
    const sinks = { file: fileSink(place) };
    const file = configured(place, { imds, asking: { unreachableAfter: "1s" }, sinks });
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("could not connect (ECONNREFUSED)");
    await eventually(() => typesOf(eventsIn(place)).includes("imds.unreachable"), agent.stderr);

    await using simulator = await startSimulator({ port });
    const reboot = simulator.schedule({ EventType: "Reboot" });
    await agent.says("IMDS answers again after");
    await eventually(() => phasesOf(eventsIn(place), reboot.EventId).length > 0, agent.stderr);
    expect(await agent.end()).toBe(0);

    const log = logOf(agent);
    for (const line of log) expect(new Date(line.time).toISOString()).toBe(line.time);
    const [warning, ...more] = log.filter(({ level }) => level === "warn" || level === "error");
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ level: "warn", code: "unreachable" });
    expect(warning?.message).toContain(`GET ${imds}/metadata/scheduledevents?api-version=2020-07-01`);
    expect(warning?.message).toContain("Is this an Azure VM? Then check the route to 169.254.169.254/32");
    expect(warning?.message).toContain("Trying again until it answers.");
    const recovery = log.filter(({ message }) => message.startsWith("IMDS answers again"));
    expect(recovery.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^IMDS answers again after [1-9]\d* failed polls? in \d/),
    ]);

    const events = eventsIn(place);
    const types = typesOf(events);
    expect(types.slice(0, 2)).toEqual(["agent.started", "imds.unreachable"]);
    expect(types.slice(2, -1).toSorted()).toEqual(["imds.recovered", "scheduledevent.scheduled"]);
    const [away, back] = ["unreachable", "recovered"].map((name) =>
      events.find(({ type }) => type === `io.forewarn.imds.${name}`),
    );
    expect(away).toMatchObject({ severitytext: "WARN", data: { code: "unreachable", lastGoodPoll: null } });
    const { since } = dataOf<{ since: string }>(away);
    expect(back).toMatchObject({ data: { since } });
    const { downMs } = dataOf<{ downMs: number }>(back);
    expect(downMs).toBeGreaterThanOrEqual(1000);
    expect(Math.abs(Date.parse(back?.time as string) - Date.parse(since) - downMs)).toBeLessThan(2000);
  },
);

test.concurrent("a short absence of IMDS is in the log, but is no event", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { file: fileSink(place) } });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  simulator.respondNext({ status: 503 }, { status: 503 }, { status: 503 });
  await agent.says("IMDS answers again after");
  expect(await agent.end()).toBe(0);
  expect(typesOf(eventsIn(place))).toEqual(["agent.started", "agent.stopped"]);
});

test.concurrent("SIGTERM while IMDS is away: the sinks get what is there, exit 0", async () => {
  using place = temporaryPlace();
  const imds = `http://127.0.0.1:${await freePort()}`;
  await using agent = forewarn(["run", "-c", configured(place, { imds, sinks: { file: fileSink(place) } })]);
  await agent.says("could not connect");
  expect(await agent.end("SIGTERM")).toBe(0);
  expect(typesOf(eventsIn(place))).toEqual(["agent.started", "agent.stopped"]);
  expect(logOf(agent).at(-1)?.message).toBe("sink file: delivered 2, left 0 on disk, dead 0");
});

test.concurrent(
  "IMDS that takes the question and never answers: said after 5 s, and SIGTERM does not wait for it",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    simulator.respondWith(({ path }) => (path.startsWith("/metadata/scheduledevents") ? "hang" : undefined));
    const file = configured(place, { imds: simulator.url, sinks: { file: fileSink(place) } });
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("no answer of IMDS yet");
    await eventually(() => typesOf(eventsIn(place)).includes("agent.started"), agent.stderr);
    const asked = performance.now();
    expect(await agent.end("SIGTERM")).toBe(0);
    expect(performance.now() - asked).toBeLessThan(8000);
    expect(logOf(agent).filter(({ level }) => level === "warn")).toHaveLength(1);
    expect(eventsIn(place)[0]).toMatchObject({ data: { vm: { name: simulator.vm.name } } });
  },
);

test.concurrent("IMDS is asked directly, whatever proxy the environment names", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const proxy = `http://127.0.0.1:${await freePort()}`;
  const env = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NODE_USE_ENV_PROXY: "1" };
  const file = configured(place, { imds: simulator.url, sinks: { file: fileSink(place) } });
  await using agent = forewarn(["run", "-c", file], { env });
  await agent.says("IMDS answers: 0 scheduled events now");
  expect(await agent.end()).toBe(0);
  await using command = forewarn(["events", "--endpoint", simulator.url], { env });
  expect(await command.exited()).toBe(0);
  expect(command.stdout()).toBe("No scheduled events now.\n");
});
