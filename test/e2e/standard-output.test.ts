import { startSimulator } from "@forewarn/imds-simulator";
import type { CloudEvent } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { byId, eventsIn } from "./lines.ts";

test("a file sink with the path - makes standard output NDJSON, whatever else is printed", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const sinks = { stream: { type: "file", options: { path: "-" } }, audit: fileSink(place) };
  await using agent = forewarn(["run", "--print", "-c", configured(place, { imds: simulator.url, sinks })]);
  simulator.schedule({ EventType: "Preempt" });
  await eventually(() => agent.stdout().includes("scheduledevent.scheduled"), agent.stderr);
  expect(await agent.end()).toBe(0);
  const lines = agent.stdout().split("\n").slice(0, -1);
  expect(byId(lines.map((line) => JSON.parse(line) as CloudEvent))).toEqual(byId(eventsIn(place)));
  expect(agent.stderr()).toContain("Preempt");
});

test("a simulation's summary goes to standard error then", async () => {
  using place = temporaryPlace();
  const config = configured(place, { sinks: { stream: { type: "file", options: { path: "-" } } } });
  await using agent = forewarn(["run", "--simulate", "demo", "--time-scale", "100", "-c", config]);
  expect(await agent.exited()).toBe(0);
  const lines = agent.stdout().split("\n").slice(0, -1);
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  expect(agent.stderr()).toContain("delivered");
});
