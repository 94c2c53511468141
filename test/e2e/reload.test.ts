import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, typesOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

const hook = (url: string) => ({ type: "webhook", options: { url } });

const told = (agent: Forewarn) =>
  logOf(agent)
    .map(({ message }) => message)
    .filter((message) => message.startsWith("read the configuration again"));

/** Sends SIGHUP and waits for the line that says what came of it. */
async function reloaded(agent: Forewarn): Promise<string> {
  const before = told(agent).length;
  agent.child.kill("SIGHUP");
  await eventually(() => told(agent).length > before, agent.stderr);
  return told(agent).at(-1) as string;
}

const linesIn = (place: Place, name: string) => {
  try {
    return readFileSync(join(place.path, name), "utf8").trimEnd().split("\n");
  } catch {
    return [];
  }
};

test.skipIf(process.platform === "win32")(
  "SIGHUP: what did not change goes on, what changed goes on at its place, what is gone ends, what is new begins",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using first = await startTestReceiver();
    await using second = await startTestReceiver();
    first.answer(503);
    const other = { type: "file", options: { path: join(place.path, "other.ndjson") } };
    const write = (sinks: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
      configured(place, { imds: simulator.url, sinks });
    const file = write({ audit: fileSink(place), hook: hook(first.url), other });
    await using agent = forewarn(["run", "-c", file]);
    await eventually(() => eventsIn(place).length > 0 && first.requests() > 0, agent.stderr);
    expect(await reloaded(agent)).toBe("read the configuration again: 3 sinks unchanged");
    write({ audit: fileSink(place), hook: hook(second.url), late: hook(second.url) });
    expect(await reloaded(agent)).toBe(
      "read the configuration again: 1 sink unchanged; begun: hook, late; ended: other",
    );
    await eventually(() => second.events.length > 0, agent.stderr);
    expect(typesOf(second.events)).toEqual(["agent.started"]);
    simulator.schedule({ EventType: "Reboot" });
    await eventually(() => second.events.length > 2, agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(typesOf(eventsIn(place))).toEqual(["agent.started", "scheduledevent.scheduled", "agent.stopped"]);
    expect(linesIn(place, "other.ndjson")).toHaveLength(1);
    // The changed one has everything, the new one what came since; nothing went to the receiver that failed.
    expect(second.events).toHaveLength(3 + 2);
    expect(first.events).toEqual([]);
  },
);

test.skipIf(process.platform === "win32")(
  "SIGHUP with a wrong configuration: every problem is told, the one before stays in use",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
    await using agent = forewarn(["run", "-c", file]);
    await eventually(() => eventsIn(place).length > 0, agent.stderr);
    configured(place, { imds: simulator.url, sinks: { audit: { type: "flie", options: {} } } });
    agent.child.kill("SIGHUP");
    await agent.says("the one before stays in use");
    expect(agent.stderr()).toContain("did you mean file?");
    simulator.schedule({ EventType: "Freeze" });
    await eventually(() => eventsIn(place).length > 1, agent.stderr);
    expect(await agent.end()).toBe(0);
  },
);

test.skipIf(process.platform === "win32")(
  "SIGHUP takes over the new text of a sink's file, and says what needs a new start",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const code = (word: string) =>
      `import { appendFileSync } from "node:fs";\nexport default async ({ type }, { options }) => appendFileSync(options.out, "${word} " + type + "\\n");\n`;
    place.file("mine.mjs", code("old"));
    const out = join(place.path, "mine.txt");
    const sinks = { mine: { type: "./mine.mjs", options: { out } } };
    const file = configured(place, { imds: simulator.url, sinks });
    await using agent = forewarn(["run", "-c", file]);
    await eventually(() => linesIn(place, "mine.txt").length > 0, agent.stderr);
    expect(await reloaded(agent)).toBe("read the configuration again: 1 sink unchanged");
    place.file("mine.mjs", code("new"));
    configured(place, { imds: simulator.url, sinks, asking: { unreachableAfter: "5s" } });
    expect(await reloaded(agent)).toBe("read the configuration again: 0 sinks unchanged; begun: mine");
    await agent.says("what changed in imds takes effect with the next start");
    simulator.schedule({ EventType: "Freeze" });
    await eventually(() => linesIn(place, "mine.txt").length > 1, agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(linesIn(place, "mine.txt").map((line) => line.split(" ")[0])).toEqual(["old", "new", "new"]);
  },
);
