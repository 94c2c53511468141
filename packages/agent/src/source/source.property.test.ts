import { isScheduledEvent } from "@forewarn/sdk";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { noon } from "../normalize/fixtures/entry.ts";
import { anyEntry } from "../normalize/fixtures/history.ts";
import { createStories } from "../normalize/fixtures/stories.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const minute = 60_000;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("answer"), events: fc.array(anyEntry, { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("failure") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("disk"), full: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill"), boot: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("time"), ms: fc.constantFrom(9000, minute, 2 * 86_400_000) }),
  },
);

test("whatever Azure, the disk and the machine do: every story on disk is whole, and none is told twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const azure = createAzure();
      const clock = createVirtualClock({ now: noon });
      const directory = stateDirectory();
      const start = async () => {
        const started = startStation({ imds: azure, clock, directory });
        await started.introduce();
        return started;
      };
      let station = await start();
      for (const now of steps) {
        if (now.kind === "disk") station.disk.full = now.full;
        else if (now.kind === "time") await clock.freeze(now.ms);
        else if (now.kind === "kill") {
          if (now.boot && station.checkpoint("poll") !== null) station.pretendBoot();
          station.end();
          station = await start();
        } else {
          await clock.advance(1000);
          azure.failing = now.kind === "failure" ? "server-error" : null;
          if (now.kind === "answer") azure.events = now.events;
          await station.poll();
        }
      }
      station.disk.full = false;
      azure.failing = null;
      azure.events = [];
      for (const wait of [1000, 1000, 5 * minute]) {
        await clock.advance(wait);
        expect(await station.poll()).toBe(true);
      }
      const stories = createStories();
      stories.read(station.events().filter(isScheduledEvent));
      expect(stories.open()).toEqual([]);
      station.end();
    }),
    { numRuns: 25 },
  );
});
