import { describe, expect, test } from "vitest";
import { createAzure, imdsError } from "../source/fixtures/azure.ts";
import { startStation } from "../source/fixtures/station.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createStartRequests } from "./start-requests.ts";
import { announcement, noon } from "./fixtures/announced.ts";

const { eventId } = announcement();
const id = eventId.toLowerCase();
const intent = { origin: { by: "policy", rule: "User events" }, shared: false } as const;

/** A reboot that is announced and stored, and what asks Azure to start it. */
async function announced() {
  const azure = createAzure();
  azure.events = [announcement()];
  const clock = createVirtualClock({ now: noon });
  const station = startStation({ imds: azure, clock });
  await station.introduce();
  await station.poll();
  const stopping = new AbortController();
  const outbox = { degraded: false, degradesAt: "" };
  const requests = createStartRequests({
    imds: azure,
    lifecycles: station.lifecycles,
    outbox: { degraded: () => outbox.degraded },
    record(...call) {
      if (outbox.degradesAt === "remembering") outbox.degraded = true;
      return station.record(...call);
    },
    clock,
    telemetry: station.telemetry,
    signal: stopping.signal,
  });
  const known = () => station.lifecycles.known.get(id)!;
  return {
    azure,
    clock,
    outbox,
    station,
    requests,
    known,
    stopping,
    phases: () => station.told().filter((each) => each.includes(id)),
  };
}

describe("the intent", () => {
  test("is stored before Azure hears of it", async () => {
    const { azure, requests, known } = await announced();
    const seen: string[] = [];
    azure.starting = () => seen.push(known().approval);
    await requests.make(known(), intent);
    expect([seen, known().approval]).toEqual([["posting"], "accepted"]);
  });

  test("that cannot be stored is not sent", async () => {
    const { azure, station, requests, known } = await announced();
    station.disk.full = true;
    expect(await requests.make(known(), intent)).toMatchObject({ outcome: "failed" });
    expect([azure.requested, known().approval]).toEqual([[], "none"]);
  });

  test("that went to memory only, since the disk has failed, is taken back and not sent", async () => {
    const { azure, requests, known, outbox } = await announced();
    outbox.degradesAt = "remembering";
    expect(await requests.make(known(), intent)).toMatchObject({ outcome: "failed" });
    expect([azure.requested, known().approval]).toEqual([[], "none"]);
  });

  test("outlives a stop in the middle of the request", async () => {
    const { azure, requests, known, stopping } = await announced();
    azure.starting = () => stopping.abort();
    expect(await requests.make(known(), intent)).toMatchObject({ outcome: "stopped" });
    expect(known()).toMatchObject({ approval: "posting", intent });
  });
});

describe("what Azure has accepted", () => {
  test("and the disk did not take is stored later, once, with its own time", async () => {
    const { azure, clock, station, requests, known, phases } = await announced();
    azure.starting = () => (station.disk.full = true);
    expect(await requests.make(known(), intent)).toMatchObject({ outcome: "approved" });
    const at = new Date(clock.now()).toISOString();
    expect(phases()).toEqual([`${id}:scheduled`]);
    await clock.advance(5000);
    // Not asked again while it is not stored.
    expect(await requests.make(known(), intent)).toMatchObject({ outcome: "failed" });
    station.disk.full = false;
    requests.storeRest();
    requests.storeRest();
    expect(phases()).toEqual([`${id}:scheduled`, `${id}:approved`]);
    expect(station.events().at(-1)?.time).toBe(at);
    expect([known().approval, azure.requested]).toEqual(["accepted", [eventId]]);
  });

  test("is told, too, where the event has started or is gone meanwhile", async () => {
    const { azure, station, requests, known, phases } = await announced();
    azure.starting = async () => {
      azure.events = [];
      await station.poll();
    };
    await requests.make(known(), intent);
    expect(phases()).toEqual([`${id}:scheduled`, `${id}:ended`, `${id}:approved`]);
    expect(known()).toMatchObject({ approval: "accepted", goneAt: noon });
  });

  test("belongs to the occurrence that was asked for", async () => {
    const { azure, station, requests, known, phases } = await announced();
    azure.starting = async () => {
      for (const events of [[], [announcement()]]) {
        azure.events = events;
        await station.poll();
      }
    };
    await requests.make(known(), intent);
    expect(phases()).toEqual([`${id}:scheduled`, `${id}:ended`, `${id}:scheduled:2`, `${id}:approved`]);
    expect(known()).toMatchObject({ occurrence: 2, approval: "none" });
  });

  test("is kept where an answer that was worked out before is stored after it", async () => {
    const { azure, station, requests, known } = await announced();
    azure.starting = async () => {
      // What this poll means cannot be stored, and comes when the disk works again.
      station.disk.full = true;
      azure.events = [announcement({ description: "changed" })];
      await station.poll();
      station.disk.full = false;
    };
    await requests.make(known(), intent);
    await station.poll();
    expect(known()).toMatchObject({ approval: "accepted", entry: { description: "changed" } });
  });
});

test("other errors than those of IMDS are faults of our own", async () => {
  const { azure, requests, known } = await announced();
  azure.starting = () => {
    throw new TypeError("a fault");
  };
  await expect(requests.make(known(), intent)).rejects.toThrow("a fault");
  azure.starting = () => {
    throw imdsError("throttled");
  };
  expect(await requests.make(known(), intent)).toMatchObject({ outcome: "failed" });
});
