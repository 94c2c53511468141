import { createImdsClient, type ScheduledEventEntry } from "@forewarn/imds";
import type { ScheduledEventData } from "@forewarn/sdk";
import { expect, onTestFinished, test } from "vitest";
import { noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { documentOf } from "./fixtures/azure.ts";
import { type Answer, answer, type ImdsServer, startImdsServer } from "./fixtures/imds-server.ts";
import { startStation } from "./fixtures/station.ts";

// What went wrong for others who poll Scheduled Events, each as a story over real HTTP: docs/imds-coverage.md.

const minute = 60_000;
const day = 24 * 60 * minute;

/** An agent's source on a VM of which this is known, that has polled once. */
async function begin(
  compute: object = { name: "issue_0", vmId: "ABC" },
  prepare: (server: ImdsServer) => void = () => {},
) {
  const server = await startImdsServer();
  server.instance = answer(JSON.stringify({ compute, network: {} }));
  prepare(server);
  const clock = createVirtualClock({ now: noon });
  const imds = createImdsClient({ endpoint: server.endpoint, now: clock.now });
  onTestFinished(() => imds.close());
  const station = startStation({ imds, clock });
  await station.introduce();
  await station.poll();
  const see = async (...entries: readonly ScheduledEventEntry[]) => {
    server.events = answer(documentOf(entries));
    await clock.advance(1000);
    await station.poll();
  };
  const told = () =>
    station
      .events()
      .filter(({ type }) => type.startsWith("io.forewarn.scheduledevent."))
      .map(({ data }) => data as ScheduledEventData);
  return { server, clock, station, see, told, phases: () => told().map(({ phase }) => phase) };
}

test("the host name and its prefix are not the VM's name: who compares them never finds himself (20, 21)", async () => {
  const compute = {
    name: "issue_0",
    vmId: "ABC",
    vmScaleSetName: "issue",
    osProfile: { computerName: "issue000000" },
  };
  const { see, told } = await begin(compute);
  await see(
    scheduled({ eventId: "mine", resources: ["issue_0"] }),
    scheduled({ eventId: "host", resources: ["issue000000"] }),
    scheduled({ eventId: "set", resources: ["issue"] }),
    scheduled({ eventId: "other", resources: ["issue_01"] }),
  );
  expect(told().map(({ affectsSelf }) => affectsSelf)).toEqual([true, false, false, false]);
});

test("a name with underscores is not taken apart (22)", async () => {
  const id =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/my_flex_set";
  const { see, told } = await begin({
    name: "my_flex_set_1a2b3c4d",
    vmId: "ABC",
    virtualMachineScaleSet: { id },
  });
  await see(scheduled({ resources: ["my_flex_set_1a2b3c4d"] }));
  expect(told()[0]).toMatchObject({
    affectsSelf: true,
    vm: { name: "my_flex_set_1a2b3c4d", scaleSet: "my_flex_set" },
  });
});

test("an event of many VMs is one event with all of them, and says whether this one is among them (23, 24)", async () => {
  const { see, told } = await begin();
  await see(
    scheduled({ eventId: "all", resources: ["issue_3", "issue_0", "issue_7"] }),
    scheduled({ eventId: "others", resources: ["issue_3", "issue_7"] }),
  );
  expect(told()).toMatchObject([
    { resources: ["issue_3", "issue_0", "issue_7"], affectsSelf: true, impact: "warn" },
    { resources: ["issue_3", "issue_7"], affectsSelf: false, impact: "info" },
  ]);
});

test("an event that stands in the document for a week is told once (25, 26)", async () => {
  const { clock, see, phases, station } = await begin();
  const far = scheduled({ eventType: "Redeploy", notBefore: noon + 7 * day });
  await see(far);
  for (let n = 0; n < 7 * 24; n++) {
    await clock.advance(60 * minute);
    await station.poll();
  }
  expect(phases()).toEqual(["scheduled"]);
  await see(started({ eventType: "Redeploy" }));
  expect(phases()).toEqual(["scheduled", "started"]);
});

test("a start and a later time are told although the EventId is known (27)", async () => {
  const { see, told, phases } = await begin();
  await see(scheduled());
  await see(scheduled({ notBefore: noon + 60 * minute }));
  await see(started());
  expect(phases()).toEqual(["scheduled", "updated", "started"]);
  expect(told()[1]).toMatchObject({ changed: ["notBefore"] });
});

test("every event of a document is told, whatever stands before it, and so is what comes after the first one is over (28, 29)", async () => {
  const { see, told } = await begin();
  await see(
    scheduled({ eventId: "a" }),
    scheduled({ eventId: "b", resources: ["issue_9"] }),
    started({ eventId: "c" }),
  );
  await see(scheduled({ eventId: "b", resources: ["issue_9"] }));
  await see(scheduled({ eventId: "d" }));
  expect(told().map(({ eventId, phase }) => `${eventId} ${phase}`)).toEqual([
    "a scheduled",
    "b scheduled",
    "c started",
    "a canceled",
    "c completed",
    "b canceled",
    "d scheduled",
  ]);
});

test("a freeze of nine seconds may be Started for many minutes: one event, with the duration that is expected (30)", async () => {
  const { clock, see, told, phases, station } = await begin();
  await see(started({ durationSeconds: 9 }));
  for (let n = 0; n < 90; n++) {
    await clock.advance(10_000);
    await station.poll();
  }
  expect(phases()).toEqual(["started"]);
  expect(told()[0]).toMatchObject({ durationSeconds: 9 });
});

test("an incarnation that skips or begins anew decides nothing (31)", async () => {
  const { server, clock, station, phases } = await begin();
  const answers = [
    [2, [scheduled()]],
    [4, [scheduled()]],
    [1, [scheduled({ description: "sooner" })]],
    [1, [started()]],
    [1, []],
  ] as const;
  for (const [incarnation, entries] of answers) {
    server.events = answer(documentOf(entries, incarnation));
    await clock.advance(1000);
    await station.poll();
  }
  expect(phases()).toEqual(["scheduled", "updated", "started", "completed"]);
});

test("the notice is what is left, not what the documentation promises (33)", async () => {
  const { see, told } = await begin();
  await see(scheduled({ notBefore: noon + 5 * minute + 20_000 }));
  expect(told()[0]).toMatchObject({ noticeMs: 5 * minute + 19_000 });
});

test("a description that is empty first and filled later is no new event, and none that is left out (38)", async () => {
  const { see, told, phases } = await begin();
  await see(scheduled({ description: "" }));
  await see(started({ description: "Host server is undergoing maintenance." }));
  expect(phases()).toEqual(["scheduled", "started"]);
  expect(told().map(({ description }) => description)).toEqual([
    "",
    "Host server is undergoing maintenance.",
  ]);
});

test("a host that knows only older api-versions is asked with those, from the first poll on (48)", async () => {
  const asked: string[] = [];
  /** Answers well to one version and offers it to whoever comes with another. */
  const older =
    (known: string, good: string): Answer =>
    (response, request) => {
      const version = new URL(request.url ?? "", "http://imds").searchParams.get("api-version") ?? "";
      asked.push(version);
      const refusal = JSON.stringify({ error: "Bad request", "newest-versions": [known, "2017-04-02"] });
      (version === known ? answer(good) : answer(refusal, 400))(response, request);
    };
  const { clock, station, told } = await begin(undefined, (server) => {
    const entry = scheduled({ resources: ["issue_0"], durationSeconds: null });
    server.events = older("2019-08-01", documentOf([entry]));
    server.instance = older("2021-02-01", '{"compute":{"name":"issue_0","vmId":"ABC"},"network":{}}');
  });
  const bad: string[] = [];
  station.telemetry.on("pollFailed", ({ code }) => bad.push(code));
  await clock.advance(1000);
  expect(await station.poll()).toBe(true);
  expect([bad, told().map(({ phase, affectsSelf }) => `${phase} ${affectsSelf}`)]).toEqual([
    [],
    ["scheduled true"],
  ]);
  expect(asked).toEqual(["2025-04-07", "2021-02-01", "2020-07-01", "2019-08-01", "2019-08-01"]);
});
