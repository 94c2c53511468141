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
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";

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
