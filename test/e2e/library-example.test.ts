import { join, resolve } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { forewarn, temporaryPlace } from "./forewarn.ts";

const bin = resolve(import.meta.dirname, "../../examples/library/watch.ts");

test("library: the program prints each phase, rings for what is bad, and goes on after a restart", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const env = { IMDS_ENDPOINT: simulator.url, STATE_DIRECTORY: join(place.path, "state") };
  await using first = forewarn([], { bin, env });
  await first.says("agent.started: ");
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await first.says("scheduledevent.scheduled: Reboot of web-01");
  await first.says("\u0007\n");
  expect(await first.end("SIGINT"), first.stderr()).toBe(0);
  expect(first.stdout()).toMatch(/agent\.stopped: .*\n$/);

  simulator.start(EventId);
  await using second = forewarn([], { bin, env });
  await second.says("scheduledevent.started: Reboot of web-01");
  simulator.remove(EventId);
  await second.says("scheduledevent.completed: Reboot of web-01");
  expect(await second.end(), second.stderr()).toBe(0);
  expect(second.stdout()).not.toContain("scheduledevent.scheduled");
});
