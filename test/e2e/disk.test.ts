import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot) console.warn("SKIPPED: a small disk needs root to be mounted");

/** A file system of 2 MB where the state directory will be. */
function smallDisk(place: Place) {
  const path = join(place.path, "state");
  mkdirSync(path);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path]);
  if (status !== 0) throw new Error("tmpfs cannot be mounted");
  const filler = join(path, "filler");
  return {
    fill() {
      const { bavail, bsize } = statfsSync(path);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize + 1));
      } catch {
        // It is full now.
      }
    },
    clear: () => rmSync(filler),
    [Symbol.dispose]: () => void execFileSync("umount", ["-l", path]),
  };
}

test.skipIf(!isRoot)(
  "a disk that fills up: said aloud, events go on from memory, and all of it is on disk when there is room again",
  async () => {
    using place = temporaryPlace();
    using disk = smallDisk(place);
    await using simulator = await startSimulator();
    const config = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
    const agent = forewarn(["run", "-c", config]);
    await eventually(() => eventsIn(place).length > 0, agent.stderr);
    disk.fill();
    const ids = Array.from({ length: 12 }, () => simulator.schedule({ EventType: "Reboot" }).EventId);
    await eventually(
      () => ids.every((id) => phasesOf(eventsIn(place), id).includes("scheduled")),
      agent.stderr,
    );
    for (const id of ids) simulator.remove(id);
    await eventually(() => typesOf(eventsIn(place)).includes("agent.degraded"), agent.stderr);
    await agent.says("Events are kept in memory and delivered from there");
    disk.clear();
    await agent.says("events are kept on disk again");
    await agent.end();
    const told = eventsIn(place);
    expect(typesOf(told)).toContain("agent.restored");
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    for (const id of ids) expect(phasesOf(told, id)).toEqual(["scheduled", "canceled"]);
    expect(logOf(agent).filter(({ message }) => /cannot be written/.test(message))).toHaveLength(1);

    const again = forewarn(["run", "-c", config]);
    await eventually(() => typesOf(eventsIn(place)).length > told.length, again.stderr);
    expect(await again.end()).toBe(0);
    expect(typesOf(eventsIn(place)).slice(told.length)).toEqual(["agent.started", "agent.stopped"]);
  },
);

test.skipIf(!isRoot)("a disk that is full from the start keeps no alert back", async () => {
  using place = temporaryPlace();
  using disk = smallDisk(place);
  disk.fill();
  await using simulator = await startSimulator();
  const { EventId } = simulator.schedule({ EventType: "Preempt" });
  const config = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["run", "-c", config]);
  await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
  disk.clear();
  await agent.says("events are kept on disk again");
  expect(await agent.end()).toBe(0);
});

/** Events of which each sink wants all, and one sink has nobody there; the address of the other is given. */
const withHook = (place: Place, simulator: Simulator, url: string) =>
  configured(place, {
    imds: simulator.url,
    sinks: { audit: fileSink(place), hk: { type: "webhook", options: { url } } },
  });

test.skipIf(!isRoot)(
  "a stop while the disk is full says what is on disk and what is lost with the memory, and exits with 73",
  async () => {
    using place = temporaryPlace();
    using disk = smallDisk(place);
    await using simulator = await startSimulator();
    const nobody = `http://127.0.0.1:${await freePort()}/nobody`;
    await using agent = forewarn(["run", "-c", withHook(place, simulator, nobody)]);
    await eventually(() => eventsIn(place).length > 0, agent.stderr);
    disk.fill();
    // More than the room that the database has in files of its own.
    const ids = Array.from({ length: 60 }, () => simulator.schedule({ EventType: "Reboot" }).EventId);
    await eventually(() => ids.every((id) => phasesOf(eventsIn(place), id).length > 0), agent.stderr);
    await agent.says("Events are kept in memory and delivered from there");
    expect(await agent.end()).toBe(73);
    const told = eventsIn(place).map(({ id }) => id);
    const log = logOf(agent);
    const loss = log.at(-3);
    expect(loss?.level).toBe("error");
    const [, lost] =
      /events were kept only in memory; lost, since not every sink has got them: (\d+)$/.exec(
        String(loss?.message),
      ) ?? [];
    const stored = told.length - Number(lost);
    expect(stored).toBeLessThan(told.length);
    expect(log.slice(-2)).toMatchObject([
      { level: "info", message: `sink audit: delivered ${told.length}, left 0 on disk, dead 0` },
      { level: "error", message: `sink hk: delivered 0, left ${stored} on disk, lost ${lost}, dead 0` },
    ]);

    for (const id of ids) simulator.remove(id);
    disk.clear();
    await using receiver = await startTestReceiver();
    await using again = forewarn(["run", "-c", withHook(place, simulator, receiver.url)]);
    await again.says("IMDS answers");
    expect(await again.end()).toBe(0);
    expect(receiver.events.filter(({ id }) => told.includes(id))).toHaveLength(stored);
  },
);

test.skipIf(!isRoot)("a run --once on a full disk says the same, and exits with 73", async () => {
  using place = temporaryPlace();
  using disk = smallDisk(place);
  disk.fill();
  await using simulator = await startSimulator();
  simulator.schedule({ EventType: "Reboot" });
  const nobody = `http://127.0.0.1:${await freePort()}/nobody`;
  const once = ["run", "--once", "--for", "1s", "-c", withHook(place, simulator, nobody)];
  await using agent = forewarn(once);
  expect(await agent.exited()).toBe(73);
  const { length } = eventsIn(place);
  expect(length).toBeGreaterThan(0);
  expect(logOf(agent).slice(-3)).toMatchObject([
    // What no sink wants is not lost.
    { level: "error", message: expect.stringMatching(`lost, since not every sink has got them: ${length}$`) },
    { level: "info", message: `sink audit: delivered ${length}, left 0 on disk, dead 0` },
    { level: "error", message: `sink hk: delivered 0, left 0 on disk, lost ${length}, dead 0` },
  ]);
});

test.skipIf(!isRoot)("room that is made just before the stop is used", async () => {
  using place = temporaryPlace();
  using disk = smallDisk(place);
  disk.fill();
  await using simulator = await startSimulator();
  const nobody = `http://127.0.0.1:${await freePort()}/nobody`;
  await using agent = forewarn(["run", "-c", withHook(place, simulator, nobody)]);
  await agent.says("Events are kept in memory and delivered from there");
  await eventually(() => eventsIn(place).length > 0, agent.stderr);
  disk.clear();
  expect(await agent.end()).toBe(0);
  const { length } = eventsIn(place);
  expect(agent.stderr()).toContain(`sink hk: delivered 0, left ${length} on disk, dead 0`);
});

test.concurrent(
  "a damaged outbox: put aside, and what no sink has got yet arrives all the same",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const blocked = { type: "webhook", options: { url: "http://127.0.0.1:9/nobody" } };
    const config = configured(place, { imds: simulator.url, sinks: { audit: blocked } });
    await using first = forewarn(["run", "-c", config]);
    await first.says("IMDS answers");
    const { EventId } = simulator.schedule({ EventType: "Redeploy" });
    await first.says("no answer from http://127.0.0.1:9");
    const polls = simulator.requests.length;
    await eventually(() => simulator.requests.length > polls + 2, first.stderr);
    await first.end();
    const state = join(place.path, "state");
    const file = openSync(join(state, "outbox.db"), "r+");
    writeSync(file, new Uint8Array(200).fill(0x55), 0, 200, 0);
    closeSync(file);
    const fixed = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
    await using second = forewarn(["run", "-c", fixed]);
    await eventually(() => phasesOf(eventsIn(place), EventId).includes("scheduled"), second.stderr);
    await second.says("the outbox was damaged");
    expect(await second.end()).toBe(0);
    expect(typesOf(eventsIn(place))).toContain("agent.degraded");
    expect(readdirSync(state).some((name) => name.startsWith("outbox.db.damaged-"))).toBe(true);
  },
);
