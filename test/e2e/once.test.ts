import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { dataOf, eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";
import { startTestReceiver, type TestReceiver } from "./receiver.ts";

async function once(file: string, ...args: readonly string[]) {
  await using agent = forewarn(["run", "--once", ...args, "-c", file]);
  const began = performance.now();
  const code = await agent.exited();
  return { code, ms: performance.now() - began, log: logOf(agent), stdout: agent.stdout() };
}

const withFile = (place: Place, simulator: Simulator) =>
  configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });

const withHook = (place: Place, simulator: Simulator, receiver: TestReceiver) =>
  configured(place, {
    imds: simulator.url,
    sinks: { hook: { type: "webhook", options: { url: receiver.url } } },
  });

test.concurrent("run after run: the whole story, no agent events, exit 0 where nothing is left", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = withFile(place, simulator);
  expect(await once(file)).toMatchObject({ code: 0, stdout: "" });
  expect(eventsIn(place)).toEqual([]);

  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  const second = await once(file);
  expect(second.code).toBe(0);
  expect(second.log.at(-1)?.message).toBe("sink audit: delivered 1, left 0 on disk, dead 0");
  expect((await once(file)).log.at(-1)?.message).toBe("sink audit: delivered 0, left 0 on disk, dead 0");
  simulator.start(EventId);
  expect((await once(file)).code).toBe(0);
  simulator.remove(EventId);
  expect((await once(file)).code).toBe(0);
  expect(typesOf(eventsIn(place))).toEqual([
    "scheduledevent.scheduled",
    "scheduledevent.started",
    "scheduledevent.completed",
  ]);
});

test.concurrent(
  "what vanished between two runs was not seen: never canceled, but ended, with the gap",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const file = withFile(place, simulator);
    // Long before its NotBefore, so that an agent that watched would have called it canceled.
    const { EventId } = simulator.schedule({
      EventType: "Freeze",
      NotBefore: new Date(Date.now() + 900_000),
    });
    await once(file);
    simulator.remove(EventId);
    const between = Date.now() - Date.parse(eventsIn(place)[0]?.time as string);
    expect((await once(file)).code).toBe(0);
    expect(phasesOf(eventsIn(place), EventId)).toEqual(["scheduled", "ended"]);
    const ended = eventsIn(place)[1];
    expect(ended).toMatchObject({ data: { outcome: "not-observed" } });
    const { gapMs } = dataOf<{ gapMs: number }>(ended);
    expect(gapMs).toBeGreaterThanOrEqual(between);
    expect(gapMs).toBeLessThanOrEqual(
      Date.parse(ended?.time as string) - Date.parse(eventsIn(place)[0]?.time as string) + 1000,
    );
  },
);

test.concurrent(
  "a sink that is down: exit 75, the event is kept, and delivered by the next run",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using receiver = await startTestReceiver();
    const file = withHook(place, simulator, receiver);
    receiver.answer(503);
    const { EventId } = simulator.schedule({ EventType: "Preempt" });
    const down = await once(file, "--for", "1s");
    expect(down.code).toBe(75);
    expect(down.log.at(-1)?.message).toBe("sink hook: delivered 0, left 1 on disk, dead 0");
    expect(down.log.find(({ level }) => level === "warn")?.message).toMatch(
      /^sink hook: .*503.*; trying again in /,
    );

    receiver.answer(204);
    const up = await once(file);
    expect(up.code).toBe(0);
    expect(up.log.at(-1)?.message).toBe("sink hook: delivered 1, left 0 on disk, dead 0");
    expect(receiver.events.map(({ id }) => id)).toEqual([`${EventId.toLowerCase()}:scheduled`]);
  },
);

test.concurrent(
  "--for bounds the time, whether a sink or IMDS does not answer, and IMDS's silence is exit 75 with the reason",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using receiver = await startTestReceiver();
    const file = withHook(place, simulator, receiver);
    receiver.answer(503);
    simulator.schedule({ EventType: "Reboot" });
    const slowSink = await once(file, "--for", "1500ms");
    expect(slowSink.code).toBe(75);
    expect(slowSink.ms).toBeGreaterThan(1400);
    expect(slowSink.ms).toBeLessThan(8000);

    simulator.respondWith(() => "hang");
    const slowImds = await once(file, "--for", "1s");
    expect(slowImds.code).toBe(75);
    expect(slowImds.ms).toBeLessThan(8000);
    expect(slowImds.log.filter(({ level }) => level === "warn").map(({ message }) => message)).toContain(
      "no good answer of IMDS in this run: whether something is announced is not known",
    );
  },
);

test.concurrent("IMDS away: exit 75 at once, the reason without a promise to try again", async () => {
  using place = temporaryPlace();
  const imds = `http://127.0.0.1:${await freePort()}`;
  const { code, log } = await once(configured(place, { imds, sinks: { audit: fileSink(place) } }));
  expect(code).toBe(75);
  const warnings = log.filter(({ level }) => level === "warn").map(({ message }) => message);
  expect(warnings).toEqual([
    expect.stringMatching(/^GET http.* could not connect \(ECONNREFUSED\)\. /),
    "no good answer of IMDS in this run: whether something is announced is not known",
  ]);
  expect(warnings[0]).not.toContain("Trying again");
  expect(eventsIn(place)).toEqual([]);
});

test.concurrent("SIGTERM while it waits for a sink: exit 75 at once, the event is kept", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const file = withHook(place, simulator, receiver);
  receiver.answer(503);
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await using agent = forewarn(["run", "--once", "--for", "60s", "-c", file]);
  await eventually(() => receiver.requests() > 0, agent.stderr);
  const asked = performance.now();
  expect(await agent.end("SIGTERM")).toBe(75);
  expect(performance.now() - asked).toBeLessThan(10_000);
  receiver.answer(204);
  expect((await once(file)).code).toBe(0);
  expect(receiver.events.map(({ subject }) => subject)).toEqual([EventId.toLowerCase()]);
});

test.concurrent("a daemon after runs of --once says for how long nobody watched", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = withFile(place, simulator);
  await once(file);
  const began = Date.now();
  await using agent = forewarn(["run", "-c", file]);
  await eventually(() => eventsIn(place).length > 0, agent.stderr);
  expect(await agent.end()).toBe(0);
  const [started] = eventsIn(place);
  expect(started?.type).toBe("io.forewarn.agent.started");
  const { gapMs, lastGoodPoll } = dataOf<{ gapMs: number; lastGoodPoll: string }>(started);
  expect(gapMs).toBeGreaterThanOrEqual(began - Date.parse(lastGoodPoll));
  expect(gapMs).toBeLessThanOrEqual(Date.parse(started?.time as string) - Date.parse(lastGoodPoll));
});
