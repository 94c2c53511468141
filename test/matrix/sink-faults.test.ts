import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "@forewarn/agent";
import {
  defineSink,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
  type Sink,
  Type,
} from "@forewarn/sdk";
import { expect, test } from "vitest";
import { createVirtualClock, type VirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";
import { createAzure } from "../simulation/azure.ts";

type Deliver = Sink["deliver"];

const never = new Promise<never>(() => {});

/** What a sink may do to its neighbours, on a clock. */
const faults: Readonly<Record<string, (clock: VirtualClock) => Deliver>> = {
  "throws at once": () => () => {
    throw new Error("down");
  },
  "throws nothing that can be read": () => () => Promise.reject(undefined),
  "answers after its timeout": (clock) => () => clock.sleep(4000),
  "hangs, deaf to its signal": () => () => never,
  "asks for a long rest": () => () => Promise.reject(new RetryError("429", { retryAfterMs: 3_600_000 })),
  "rejects everything": () => () => Promise.reject(new RejectError("400")),
  "is misconfigured": () => () => Promise.reject(new MisconfiguredError("401")),
  "takes a part of nothing": () => () =>
    Promise.reject(new PartialDeliveryError("partly", { delivered: [] })),
  "settles what it does not have": () => () =>
    Promise.reject(
      new PartialDeliveryError("partly", { delivered: [-1, 99], rejected: [{ index: 7, reason: "" }] }),
    ),
  "is slow": (clock) => () => clock.sleep(2900),
  "mutates what it gets": () => (batch) => {
    (batch.events as unknown[]).length = 0;
    return Promise.resolve();
  },
};

const minute = 60_000;
const epoch = Date.UTC(2026, 10, 22, 20);
const home = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** That a good sink has an event; both times in milliseconds since the run began. */
interface Arrival {
  readonly sink: string;
  readonly id: string;
  readonly time: number;
  readonly at: number;
}

/** Five minutes of events, with or without a sink that is at fault: when each of two others had each event. */
async function arrivals(
  seed: number,
  fault: ((clock: VirtualClock) => Deliver) | null,
): Promise<readonly Arrival[]> {
  const directory = mkdtempSync(join(home, "forewarn-matrix-"));
  const clock = createVirtualClock({ now: epoch });
  const azure = createAzure({ seed, clock, epoch, until: 5 * minute });
  const arrived: Arrival[] = [];
  const sink = (name: string, deliver: Deliver) => {
    const definition = defineSink({
      type: "matrix",
      summary: "Takes part in a test.",
      options: Type.Object({}),
      open: () => ({ deliver }),
    });
    return { name, definition, timeoutMs: 3000, when: { types: ["io.forewarn.scheduledevent.*"] } };
  };
  const good = (name: string) =>
    sink(name, async ({ events }) => {
      await clock.sleep(5);
      const at = clock.monotonic();
      for (const { id, time } of events) arrived.push({ sink: name, id, time: Date.parse(time) - epoch, at });
    });
  const agent = createAgent(
    {
      state: { path: directory },
      sinks: [good("before"), ...(fault === null ? [] : [sink("at fault", fault(clock))]), good("after")],
    },
    {
      clock,
      environment: {},
      random: () => 0.5,
      imds: azure.client({ alive: () => true, introduced() {} }),
    },
  );
  const failed: unknown[] = [];
  agent.telemetry.on("failed", ({ error }) => failed.push(error));
  agent.start();
  await clock.advance(5 * minute);
  const stopped = agent.stop();
  await clock.advance(15_000);
  await stopped;
  rmSync(directory, { recursive: true, force: true });
  expect(failed).toEqual([]);
  return arrived;
}

const seeds = [3, 5, 8];

test.each(Object.entries(faults))(
  "a sink that %s changes nothing for its neighbours: they have every event at the same millisecond",
  async (_, fault) => {
    for (const seed of seeds) {
      const undisturbed = await arrivals(seed, null);
      expect(undisturbed.length).toBeGreaterThan(4);
      expect(await arrivals(seed, fault)).toEqual(undisturbed);
    }
  },
);

test("a sink that blocks the process delays its neighbours by the block that they fall into, not by all of them", async () => {
  const blockMs = 400;
  const blocks =
    (clock: VirtualClock): Deliver =>
    () => {
      clock.stall(blockMs);
      return Promise.reject(new Error("down"));
    };
  for (const seed of seeds) {
    const latencies = (await arrivals(seed, blocks)).map(latencyOf);
    expect(latencies.length).toBeGreaterThan(4);
    expect(Math.max(...latencies)).toBeLessThanOrEqual(2 * blockMs + 10);
  }
});

/** From the event's own time, which is that of IMDS's answer, to its arrival. */
function latencyOf({ at, time }: Arrival): number {
  return at - time;
}
