import { type ImdsClient, parseInstance } from "@forewarn/imds";
import type { InstanceEvent } from "@forewarn/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import samples from "../fixtures/instances.json" with { type: "json" };
import type { AgentOptions } from "../settings.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure, imdsError } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;

type Json = Readonly<Record<string, unknown>>;

/** A VM whose instance document is set by the test; null is an error of IMDS. */
function world(document: unknown = samples.linux) {
  const clock = createVirtualClock({ now: noon });
  const azure = { document: document as Json | string | null };
  const imds = {
    ...createAzure(),
    instance: (async () => {
      if (azure.document === null) throw imdsError("server-error");
      return parseInstance(
        typeof azure.document === "string" ? azure.document : JSON.stringify(azure.document),
      );
    }) as ImdsClient["instance"],
  };
  const directory = stateDirectory();
  return {
    azure,
    clock,
    /** Starts a process and reads once; `end` kills it. */
    async start({ metadata, once }: { metadata?: AgentOptions["metadata"]; once?: boolean } = {}) {
      const station = startStation({ imds, clock, directory, ...(metadata && { metadata }) });
      const stopping = new AbortController();
      onTestFinished(() => stopping.abort());
      void station.identity.run(station.record, stopping.signal, once === true ? { once } : {});
      await clock.advance(0);
      const told = () => station.instanceEvents().map(({ type, data }) => [type.slice(21), data] as const);
      const end = () => {
        stopping.abort();
        station.end();
      };
      return { ...station, told, kinds: () => told().map(([kind]) => kind), end };
    },
  };
}

/** The sample with these fields of `compute`. */
const linux = (compute: Json = {}, network: Json = samples.linux.network) => ({
  compute: { ...samples.linux.compute, ...compute },
  network,
});

const prod = [{ name: "env", value: "prod" }];
const test1 = [{ name: "env", value: "test" }];

describe("observed", () => {
  test("at the start: the whole document, of this VM, without anything empty", async () => {
    const { start } = world(samples.uniform);
    const station = await start();
    const [event] = station.instanceEvents();
    const { vmId, name, resourceId } = samples.uniform.compute;
    expect(event).toMatchObject({
      type: "io.forewarn.instance.observed",
      source: resourceId,
      subject: vmId,
      partitionkey: vmId,
      severitytext: "INFO",
      affectsself: true,
      data: {
        reason: "start",
        instance: {
          compute: {
            name,
            tags: { "aks-managed-poolName": "pool1" },
            osProfile: { computerName: "aks-pool1-12345678-vmss00000P" },
          },
        },
        vm: { name, scaleSet: "aks-pool1-12345678-vmss", cloud: "AzurePublicCloud" },
      },
    });
    expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const { instance } = (event as InstanceEvent).data as { readonly instance?: unknown };
    expect(JSON.stringify(instance)).not.toMatch(/""|null/);
  });

  test("again by the next process, and not at every reading", async () => {
    const { start, clock } = world();
    const first = await start();
    await clock.advance(10 * minute);
    expect(first.kinds()).toEqual(["observed"]);
    first.end();
    const second = await start();
    expect(second.kinds()).toEqual(["observed", "observed"]);
  });

  test("at every heartbeat, also where that is shorter than the interval", async () => {
    const { start, clock } = world();
    const station = await start({ metadata: { heartbeatMs: 45_000 } });
    await clock.advance(3 * minute);
    expect(station.told().map(([, data]) => (data as { reason: string }).reason)).toEqual([
      "start",
      ...Array.from({ length: 4 }, () => "heartbeat"),
    ]);
  });

  test("once what was told of it is on disk", async () => {
    const { start, clock } = world();
    const station = await start();
    expect(station.checkpoint("machine")).toMatchObject({
      at: noon,
      machine: { compute: { name: "web-01" } },
    });
    await clock.advance(0);
  });

  test.each([
    ["uniform", "aks-pool1-12345678-vmss_25", "aks-pool1-12345678-vmss"],
    ["flexible", "myflex_1a2b3c4d", "myflex"],
    ["version2017", "vault-example_0", null],
  ] as const)("a VM of the sample %s is %s of %s: no name is taken apart", async (sample, name, scaleSet) => {
    const station = await world(samples[sample]).start();
    expect(station.instanceEvents()[0]?.data.vm).toMatchObject({ name, scaleSet });
  });

  test.each(["AzureUSGovernmentCloud", "AzureChinaCloud"])(
    "a VM of %s says so in every event",
    async (cloud) => {
      const station = await world(linux({ azEnvironment: cloud })).start();
      expect(station.identity.observer().vm.cloud).toBe(cloud);
    },
  );
});

describe("changed", () => {
  test("tags, size, disks and network, each by its own pointer, once, and from then on in every event", async () => {
    const { start, azure, clock } = world(linux({ tagsList: prod }));
    const station = await start();
    const { interface: nics } = samples.linux.network;
    const storageProfile = {
      ...samples.linux.compute.storageProfile,
      dataDisks: [{ lun: "1", diskSizeGB: "64" }],
    };
    azure.document = linux(
      { tagsList: test1, vmSize: "Standard_D4s_v5", storageProfile },
      { interface: [{ macAddress: "000D3AF80000" }, ...nics] },
    );
    await clock.advance(10 * minute);
    expect(station.kinds()).toEqual(["observed", "changed"]);
    expect(station.told()[1]?.[1]).toMatchObject({
      since: "2026-11-22T12:00:00.000Z",
      changes: [
        { path: "/compute/storageProfile/dataDisks", from: null, to: { 1: { lun: "1", diskSizeGB: "64" } } },
        { path: "/compute/tags/env", from: "prod", to: "test" },
        { path: "/compute/vmSize", from: "Standard_D2s_v5", to: "Standard_D4s_v5" },
        { path: "/network/interface/000D3AF80000", from: null, to: { macAddress: "000D3AF80000" } },
      ],
      vm: { size: "Standard_D4s_v5", tags: { env: "test" } },
    });
  });

  test("while the agent was down: told before the whole, with when it was last seen", async () => {
    const { start, azure, clock } = world(linux({ tagsList: prod }));
    const first = await start();
    await clock.advance(5 * minute);
    first.end();
    azure.document = linux({ tagsList: test1 });
    await clock.advance(60 * minute);
    const second = await start();
    expect(second.kinds()).toEqual(["observed", "changed", "observed"]);
    expect(second.told()[1]?.[1]).toMatchObject({
      since: "2026-11-22T12:00:00.000Z",
      changes: [{ path: "/compute/tags/env", from: "prod", to: "test" }],
    });
  });

  test("a disk that takes nothing: it is told when it does, once, and no change is lost", async () => {
    const { start, azure, clock } = world(linux({ tagsList: prod }));
    const station = await start();
    station.disk.full = true;
    azure.document = linux({ tagsList: test1 });
    await clock.advance(5 * minute);
    azure.document = linux({ tagsList: [{ name: "env", value: "dev" }] });
    await clock.advance(minute);
    expect(station.kinds()).toEqual(["observed"]);
    station.disk.full = false;
    await clock.advance(5 * minute);
    expect(station.told()[1]?.[1]).toMatchObject({ changes: [{ from: "prod", to: "dev" }] });
    expect(station.kinds()).toHaveLength(2);
  });

  test("another VM's document is no change of this one: the state directory was copied", async () => {
    const { start, azure } = world();
    (await start()).end();
    azure.document = linux({
      vmId: "00000000-0000-4000-8000-000000000002",
      name: "web-02",
      resourceId: "/subscriptions/s/web-02",
    });
    const second = await start();
    expect(second.kinds()).toEqual(["observed", "observed"]);
    expect(second.instanceEvents().at(-1)).toMatchObject({
      source: "/subscriptions/s/web-02",
      data: { vm: { name: "web-02" } },
    });
  });
});

describe("a bad answer leaves what is known, and is no change", () => {
  const { compute } = samples.linux;
  test.each<[string, Json | string | null]>([
    ["none at all", null],
    ["text that is not JSON", "<html>"],
    ["another shape", { error: "x" }],
    ["an empty object of each", { compute: {}, network: {} }],
    ["the network alone", { network: samples.linux.network }],
    ["compute alone", { compute }],
    ["no interface any more", linux({}, { interface: [] })],
    ["a few fields", { compute: { vmId: compute.vmId, name: compute.name } }],
    [
      "fields of other kinds",
      linux({ tagsList: "env:prod", storageProfile: [], vmSize: {} }, { interface: {} }),
    ],
    ["no vmId", linux({ vmId: "" })],
    ["no name", linux({ name: "" })],
    ["a megabyte of it", linux({ future: "x".repeat(1e6) })],
    [
      "a field that is nested too deep",
      `{"compute":{"vmId":"${compute.vmId}","future":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    ],
  ])("%s", async (_, document) => {
    const { start, azure, clock } = world();
    const station = await start();
    const before = station.identity.observer();
    azure.document = document;
    await clock.advance(5 * minute);
    expect(station.kinds()).toEqual(["observed"]);
    expect(station.identity.observer()).toEqual(before);
    azure.document = samples.linux;
    await clock.advance(5 * minute);
    expect(station.kinds()).toEqual(["observed"]);
  });

  test("one that cannot be this VM's is counted, and that it is over", async () => {
    const { start, azure, clock } = world();
    const station = await start();
    const heard: unknown[] = [];
    station.telemetry.on("answerFailed", ({ endpoint, code, failures }) =>
      heard.push([endpoint, code, failures]),
    );
    station.telemetry.on("answersRecovered", ({ failures, downMs }) => heard.push([failures, downMs]));
    azure.document = linux({ vmId: "" });
    await clock.advance(minute + 5000);
    azure.document = samples.linux;
    await clock.advance(5000);
    expect(heard).toEqual([
      ["instance", "wrong-shape", 1],
      ["instance", "wrong-shape", 2],
      [2, 10_000],
    ]);
  });

  test("what is no VM's document at all is not told at the start", async () => {
    const station = await world({ network: {} }).start();
    expect(station.kinds()).toEqual([]);
    expect(station.identity.observer().vm.name).toBeNull();
  });
});

describe("run --once", () => {
  test("tells the whole where it is new or has changed, and nothing where not", async () => {
    const { start, azure } = world(linux({ tagsList: prod }));
    const run = async () => {
      const station = await start({ once: true });
      const kinds = station.kinds();
      station.end();
      return kinds;
    };
    expect(await run()).toEqual(["observed"]);
    expect(await run()).toEqual(["observed"]);
    azure.document = linux({ tagsList: test1 });
    expect(await run()).toEqual(["observed", "changed", "observed"]);
    expect(await run()).toEqual(["observed", "changed", "observed"]);
  });
});
