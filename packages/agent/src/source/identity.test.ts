import { describe, expect, onTestFinished, test } from "vitest";
import { createVirtualClock, type VirtualClock } from "../time/virtual-clock.ts";
import { type Azure, createAzure } from "./fixtures/azure.ts";
import { startStation, stateDirectory, type Station } from "./fixtures/station.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const never = () => new Promise<void>(() => {});
const compute = { name: "web-01", vmId: "ABC", resourceId: "/subscriptions/s/web-01" };

function begin(azure: Azure, directory = stateDirectory(), clock = createVirtualClock({ now: noon })) {
  const station = startStation({ imds: azure, clock, directory });
  const stopping = new AbortController();
  const start = () => void station.identity.run(station.record, stopping.signal);
  onTestFinished(() => stopping.abort());
  return { station, clock, directory, start, stop: () => stopping.abort() };
}

/** The virtual time that `known` takes. */
async function patienceOf(station: Station, clock: VirtualClock): Promise<number> {
  const began = clock.monotonic();
  const took = station.identity.known().then(() => clock.monotonic() - began);
  await clock.advance(10_000);
  return took;
}

describe("at start the first events wait for the instance document", () => {
  test("as long as it takes", async () => {
    const azure = createAzure();
    const { station, clock, start } = begin(azure);
    azure.slowInstance = () => clock.sleep(500);
    start();
    expect(await patienceOf(station, clock)).toBe(500);
    expect(station.identity.observer().vm.name).toBe("web-01");
  });

  test("not longer than until it fails", async () => {
    const { station, clock, start } = begin(createAzure(null));
    start();
    expect(await patienceOf(station, clock)).toBe(0);
  });

  test("at most 2 s, once: later polls do not wait again", async () => {
    const azure = createAzure();
    azure.slowInstance = never;
    const { station, clock, start } = begin(azure);
    start();
    expect(await patienceOf(station, clock)).toBe(2000);
    expect(await patienceOf(station, clock)).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });

  test("and leave no timer behind", async () => {
    const { station, clock, start, stop } = begin(createAzure());
    start();
    expect(await patienceOf(station, clock)).toBe(0);
    stop();
    await clock.advance(0);
    expect(clock.sleeping()).toBe(0);
  });
});

describe("the instance document", () => {
  test("is read at every interval, and 5 s after a failure", async () => {
    const azure = createAzure();
    let reads = 0;
    azure.slowInstance = async () => void reads++;
    const { clock, start } = begin(azure);
    start();
    await clock.advance(59_999);
    expect(reads).toBe(1);
    azure.compute = null;
    await clock.advance(1);
    expect(reads).toBe(2);
    await clock.advance(15_000);
    expect(reads).toBe(5);
  });

  test("tells the name when it can be had", async () => {
    const azure = createAzure(null);
    const { station, clock, start } = begin(azure);
    start();
    await clock.advance(0);
    expect(station.identity.observer().vm.name).toBeNull();
    azure.compute = compute;
    await clock.advance(5000);
    expect(station.identity.observer()).toMatchObject({
      source: compute.resourceId,
      vm: { name: "web-01" },
      simulated: false,
    });
  });

  test("stays what it was while IMDS is away", async () => {
    const azure = createAzure();
    const { station, clock, start } = begin(azure);
    start();
    await clock.advance(0);
    azure.compute = null;
    await clock.advance(600_000);
    expect(station.identity.observer().vm.name).toBe("web-01");
  });
});

describe("what is on disk", () => {
  test("the last instance document serves the next process until a new one comes", async () => {
    const azure = createAzure();
    azure.compute = compute;
    const first = begin(azure);
    first.start();
    await first.clock.advance(0);
    first.station.end();

    azure.compute = null;
    const { station, clock, start } = begin(azure, first.directory, first.clock);
    expect(station.identity.observer()).toMatchObject({ source: compute.resourceId, vm: { vmId: "ABC" } });
    start();
    await clock.advance(0);
    azure.compute = { ...compute, name: "web-02" };
    await clock.advance(5000);
    expect(station.identity.observer().vm.name).toBe("web-02");
  });

  test("it is written when it changes, not at every reading", async () => {
    const azure = createAzure();
    const { station, clock, start } = begin(azure);
    start();
    await clock.advance(0);
    expect(station.checkpoint("instance")).toMatchObject({ name: "web-01" });
    station.disk.full = true;
    const failed: string[] = [];
    station.telemetry.on("stateFailed", ({ doing }) => failed.push(doing));
    await clock.advance(300_000);
    expect(failed).toEqual([]);
  });

  test("where it could not be written it is written at the next reading", async () => {
    const { station, clock, start } = begin(createAzure());
    station.disk.full = true;
    start();
    await clock.advance(0);
    expect(station.identity.observer().vm.name).toBe("web-01");
    expect(station.checkpoint("instance")).toBeNull();
    station.disk.full = false;
    await clock.advance(60_000);
    expect(station.checkpoint("instance")).toMatchObject({ name: "web-01" });
  });

  test("the id of the state directory stays: it is the source while nothing better is known", async () => {
    const azure = createAzure(null);
    const first = begin(azure);
    first.start();
    await first.clock.advance(0);
    const { source } = first.station.identity.observer();
    expect(source).toMatch(/^urn:forewarn:agent:[0-9a-f-]{36}$/);
    first.station.end();
    const second = begin(azure, first.directory, first.clock);
    expect(second.station.identity.observer().source).toBe(source);
    expect(begin(azure).station.identity.observer().source).not.toBe(source);
  });
});
