import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { eventually } from "../e2e/eventually.ts";
import { forewarn, temporaryPlace } from "../e2e/forewarn.ts";
import { startTestReceiver } from "../e2e/receiver.ts";
import { crashRun } from "./crash-run.ts";

const config = (imds: string, state: string, receiver: string) => `
imds: { endpoint: "${imds}", pollInterval: 100ms }
state: { path: ${state}/state }
admin: off
sinks: { hook: { type: webhook, when: { types: ["io.forewarn.scheduledevent.*"] }, options: { url: "${receiver}" } } }
`;

test("SIGKILL between append and delivery: after a restart everything arrives, in order, with the same ids", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const file = place.file("forewarn.yaml", config(simulator.url, place.path, receiver.url));
  receiver.answer(503);
  const first = forewarn(["run", "-c", file]);
  await first.says("IMDS answers");
  const reboot = simulator.schedule({ EventType: "Reboot" });
  const preempt = simulator.schedule({ EventType: "Preempt" });
  await eventually(() => receiver.requests() >= 2, first.stderr);
  expect(await first.end("SIGKILL")).toBe("SIGKILL");
  expect(receiver.events).toEqual([]);

  simulator.start(preempt.EventId);
  const second = forewarn(["run", "-c", file]);
  await second.says("IMDS answers");
  simulator.remove(reboot.EventId);
  const polls = simulator.requests.length;
  await eventually(() => simulator.requests.length >= polls + 2, second.stderr);
  expect(await second.end("SIGKILL")).toBe("SIGKILL");

  receiver.answer(204);
  await using third = forewarn(["run", "-c", file]);
  simulator.remove(preempt.EventId);
  await eventually(() => receiver.events.length >= 5, third.stderr);
  expect(await third.end()).toBe(0);

  const told = (eventId: string) =>
    receiver.events
      .filter(({ subject }) => subject === eventId.toLowerCase())
      .map(({ id }) => id.split(":")[1]);
  expect(told(reboot.EventId)).toEqual(["scheduled", "canceled"]);
  expect(told(preempt.EventId)).toEqual(["scheduled", "started", "completed"]);
  const ids = receiver.events.map(({ source, id }) => `${source} ${id}`);
  expect(new Set(ids).size).toBe(ids.length);
});

test("killed again and again under load, with three sinks: nothing is lost, duplicates only with equal ids", async () => {
  const { findings, receipts, ...report } = await crashRun({ kills: 12, seed: 1 });
  expect(findings).toEqual([]);
  expect(receipts.map(({ name, lost }) => [name, lost])).toEqual([
    ["hook", 0],
    ["audit", 0],
    ["stream", 0],
  ]);
  // The load was one, and damaged files were among it.
  expect(report).toMatchObject({ kills: 12, repairs: 2 });
  expect(report.events).toBeGreaterThan(200);
});
