import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { startTestReceiver } from "./receiver.ts";

const config = (imds: string, state: string, receiver: string) => `
imds: { endpoint: "${imds}", pollInterval: 100ms }
state: { path: ${state}/state }
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

test("killed again and again under load: nothing is lost, duplicates only with equal ids", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const file = place.file("forewarn.yaml", config(simulator.url, place.path, receiver.url));
  const expected = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    for (let n = 0; n < 5; n++) {
      const { EventId } = simulator.schedule({ EventType: n % 2 === 0 ? "Freeze" : "Reboot" });
      expected.add(`${EventId.toLowerCase()}:scheduled`);
      await new Promise((next) => setTimeout(next, Math.random() * 60));
    }
    await agent.end("SIGKILL");
  }
  await using last = forewarn(["run", "-c", file]);
  await last.says("IMDS answers");
  await eventually(() => new Set(receiver.events.map(({ id }) => id)).size >= expected.size, last.stderr);
  expect(await last.end()).toBe(0);
  expect(new Set(receiver.events.map(({ id }) => id))).toEqual(expected);
});
