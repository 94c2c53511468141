import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import type { DocumentChange } from "../events/live-document.ts";
import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { approval, ask, EVENTS } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";
import type { ManualClock } from "../time/manual-clock.ts";
import { ScenarioFileSchema } from "./file/scenario-schema.ts";
import { readScenario } from "./read-scenario.ts";

const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const [MINUTE, DAY] = [60_000, 86_400_000];
const SIZE = "/metadata/instance/compute/vmSize?api-version=2021-02-01&format=text";

interface Play extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  /** `minutes action type` of each change. */
  readonly log: readonly string[];
  readonly ended: Promise<void>;
}

/** Plays a file on a clock of its own, so that days pass in no time. */
async function play(name: string, timeScale = 1): Promise<Play> {
  const scenario = await readScenario(`${folder}${name}.yaml`);
  const clock = createManualClock(Date.parse("2026-04-11T22:12:00Z"));
  const log: string[] = [];
  const began = clock.now();
  const onChange = ({ at, action, event }: DocumentChange) =>
    log.push(`${(at - began) / MINUTE} ${action} ${event.EventType}`);
  const { vms } = scenario;
  const simulator = await startSimulator({ clock, onChange, timeScale, ...(vms && { vms }) });
  const ended = simulator.play(scenario);
  return { clock, simulator, log, ended, [Symbol.asyncDispose]: simulator.close };
}

test.each(readdirSync(folder))(
  "%s is valid, has a summary, and names its schema for editors",
  async (name) => {
    expect((await readScenario(folder + name)).summary).toMatch(/\.$/);
    expect(readFileSync(folder + name, "utf8")).toContain("$schema=../scenario.schema.json");
  },
);

test("the published schema is the declared one: npm run docs:generate writes it", () => {
  const path = new URL("../../scenario.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(JSON.parse(JSON.stringify(ScenarioFileSchema)));
});

test("days pass: announced ahead, put off, overtaken by a failure, and the VM is another one afterwards", async () => {
  await using world = await play("degraded-hardware");
  const { clock, simulator, log } = world;
  await clock.advance(4 * DAY - 1);
  expect((await ask(simulator, EVENTS)).json).toMatchObject({
    Events: [{ EventType: "Redeploy", NotBefore: "Thu, 16 Apr 2026 22:12:00 GMT" }],
  });
  await clock.advance(1);
  expect((await ask(simulator, EVENTS)).json).toMatchObject({
    Events: [{ EventStatus: "Scheduled", NotBefore: "Sat, 18 Apr 2026 22:12:00 GMT" }],
  });
  await clock.advance(2 * DAY + 10 * MINUTE);
  await world.ended;
  const day = DAY / MINUTE;
  expect(log).toEqual([
    "0 added Redeploy",
    `${4 * day} updated Redeploy`,
    `${6 * day} added Reboot`,
    `${6 * day} removed Redeploy`,
    `${6 * day + 10} removed Reboot`,
  ]);
  expect(simulator.vm.tags).toMatchObject({ moved: "true" });
});

test("a time scale shortens days, and NotBefore stays real time", async () => {
  await using world = await play("degraded-hardware", 86_400);
  await world.clock.advance(3999);
  expect(world.simulator.document().Events).toMatchObject([{ NotBefore: "Sat, 11 Apr 2026 22:12:05 GMT" }]);
  await world.clock.advance(3000);
  await world.ended;
  expect(world.log.at(-1)).toMatch(/removed Reboot$/);
});

test("a file brings its VMs, and several events stand in the document at once", async () => {
  await using world = await play("scale-set-rollout");
  await world.clock.advance(31_000);
  const documents = await Promise.all(world.simulator.vms.map(async (vm) => (await ask(vm, EVENTS)).json));
  expect(documents).toHaveLength(3);
  for (const document of documents)
    expect(document).toMatchObject({
      Events: [
        { EventType: "Reboot", Resources: ["web_0"] },
        { EventType: "Freeze", Resources: ["web_1", "web_2"], DurationInSeconds: 5 },
      ],
    });
});

test("an approval decides how a story goes on", async () => {
  await using approved = await play("drain-first");
  await approved.clock.advance(MINUTE);
  const [event] = approved.simulator.document().Events;
  expect(await ask(approved.simulator, EVENTS, approval(event?.EventId ?? ""))).toMatchObject({
    status: 200,
  });
  await approved.clock.advance(10 * MINUTE);
  await approved.ended;
  expect(approved.log).toEqual(["0 added Reboot", "1 approved Reboot", "1.5 removed Reboot"]);
  expect((await ask(approved.simulator, SIZE)).text).toBe("Standard_D4s_v5");

  await using spared = await play("drain-first");
  await spared.clock.advance(10 * MINUTE);
  await spared.ended;
  expect(spared.log).toEqual(["0 added Reboot", "10 removed Reboot"]);
  expect((await ask(spared.simulator, SIZE)).text).toBe("Standard_D2s_v5");
});

test("answers go wrong as steps say, and only so long", async () => {
  await using world = await play("imds-outage");
  const { clock, simulator } = world;
  const status = async (path = EVENTS) => (await ask(simulator, path)).status;
  await clock.advance(29_999);
  expect(await status()).toBe(200);
  await clock.advance(1);
  expect([await status(), await status(SIZE)]).toEqual([410, 410]);
  await clock.advance(69_999);
  expect(await status()).toBe(410);
  await clock.advance(1);
  const signal = AbortSignal.timeout(50);
  await expect(fetch(simulator.url + EVENTS, { signal })).rejects.toMatchObject({ name: "TimeoutError" });
  expect((await ask(simulator, EVENTS)).text).toContain("<html>");
  expect((await ask(simulator, EVENTS)).text).toContain("<html>");
  const slow = ask(simulator, EVENTS);
  while (clock.waiting < 3) await new Promise(setImmediate);
  await clock.advance(3000);
  expect((await slow).json).toMatchObject({ Events: [{ EventType: "Preempt" }] });
  await clock.advance(2 * MINUTE);
  expect([await status(), await status(SIZE)]).toEqual([200, 429]);
});

test("what Azure's documentation excludes can be served", async () => {
  await using world = await play("odd-answers");
  const { clock, simulator } = world;
  const seen: string[] = [];
  for (let minute = 0; minute <= 8; minute += 1) {
    await clock.advance(minute === 0 ? 0 : MINUTE);
    const { DocumentIncarnation, Events } = simulator.document();
    const events = Events.map(
      ({ EventId, EventStatus, EventType, NotBefore }) =>
        `${EventId === EventId.toLowerCase() ? "lower" : "upper"} ${EventStatus} ${EventType} ${NotBefore.slice(17, 22)}`,
    );
    seen.push(`${DocumentIncarnation}: ${events.join()}`);
  }
  await world.ended;
  expect(seen).toEqual([
    "2: upper Scheduled Reboot 22:22",
    "5: upper Started Reboot ",
    "1: upper Started Reboot ",
    "2: upper Scheduled Reboot 22:25",
    "3: lower Scheduled Reboot 22:25",
    "4: ",
    "5: lower Scheduled Reboot 22:25",
    "6: lower Scheduled Relocate ",
    "7: ",
  ]);
});
