import { createImdsClient, type ScheduledEventEntry } from "@forewarn/imds";
import { expect, onTestFinished, test } from "vitest";
import { eventId, id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { documentOf } from "./fixtures/azure.ts";
import { answer, startImdsServer } from "./fixtures/imds-server.ts";
import { startStation } from "./fixtures/station.ts";
import { watchedImds } from "./watched-imds.ts";

/** A source that asks a real server over the real client and has polled once. */
async function begin() {
  const server = await startImdsServer();
  const clock = createVirtualClock({ now: noon });
  const imds = createImdsClient({ endpoint: server.endpoint, now: clock.now });
  onTestFinished(() => imds.close());
  const station = startStation({ imds, clock });
  const counts: Record<string, number> = {};
  station.telemetry.on("appended", (envelopes) => {
    for (const { type } of envelopes) counts[type.slice(12)] = (counts[type.slice(12)] ?? 0) + 1;
  });
  const warnings: string[] = [];
  station.telemetry.on("documentWarning", (warning) => warnings.push(warning));
  const failed: string[] = [];
  station.telemetry.on("pollFailed", ({ code, message }) => failed.push(`${code}: ${message}`));
  await station.introduce();
  expect(await station.poll()).toBe(true);
  /** A poll a second later. */
  const see = async (body: string) => {
    server.events = answer(body);
    await clock.advance(1000);
    return station.poll();
  };
  const seeEvents = (...entries: readonly ScheduledEventEntry[]) => see(documentOf(entries));
  /** What became of the event of the fixtures. */
  const phases = () =>
    station
      .events()
      .filter(({ subject }) => subject === id)
      .map((event) => event.type.slice("io.forewarn.scheduledevent.".length));
  return { server, clock, station, counts, warnings, failed, see, seeEvents, phases };
}

const idOf = (n: number) => `${n.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`.toUpperCase();

test("10 000 events in a document of more than 10 MB: each told once, each with its own end", async () => {
  const { counts, seeEvents, station } = await begin();
  const description = "x".repeat(800);
  const many = Array.from({ length: 10_000 }, (_, n) => scheduled({ eventId: idOf(n), description }));
  expect(documentOf(many).length).toBeGreaterThan(10e6);
  expect(await seeEvents(...many)).toBe(true);
  expect(await seeEvents(...many.toReversed())).toBe(true);
  expect(counts["scheduledevent.scheduled"]).toBe(10_000);
  const [first, ...others] = many;
  await seeEvents({ ...(first as ScheduledEventEntry), eventStatus: "Started" }, ...others);
  await seeEvents();
  await seeEvents();
  expect(counts).toMatchObject({
    "scheduledevent.scheduled": 10_000,
    "scheduledevent.started": 1,
    "scheduledevent.completed": 1,
    "scheduledevent.canceled": 9999,
  });
  expect(Object.keys(counts).filter((type) => type.startsWith("scheduledevent."))).toHaveLength(4);
  expect(new Set(station.told()).size).toBe(station.told().length);
});

test("a document over the limit of 16 MiB is not read, says so, and changes nothing", async () => {
  const { failed, seeEvents, see, phases, server } = await begin();
  await seeEvents(scheduled());
  expect(await see(documentOf([scheduled({ description: "x".repeat(16 * 2 ** 20) })]))).toBe(false);
  expect(failed).toEqual([
    `too-large: GET ${server.endpoint}/metadata/scheduledevents?api-version=2020-07-01 was answered with more than 16777216 bytes, the most that is read (maxResponseBytes). IMDS sends no such document: something else answers in its place.`,
  ]);
  await seeEvents(scheduled());
  expect(phases()).toEqual(["scheduled"]);
});

test("one EventId twice: the Started one counts, else the last; a warning says so, once", async () => {
  const { warnings, seeEvents, station, phases } = await begin();
  const upper = scheduled({ description: "first" });
  const lower = scheduled({ eventId: id, description: "last" });
  for (let n = 0; n < 3; n++) await seeEvents(upper, lower);
  expect(station.events().filter(({ subject }) => subject === id)).toMatchObject([
    { data: { description: "last" } },
  ]);
  await seeEvents(started(), lower);
  await seeEvents(lower, started());
  expect(phases()).toEqual(["scheduled", "started"]);
  expect(warnings).toEqual([`EventId ${id} stands more than once in the document`]);
});

test("an EventId that changes its case is the same event; both spellings in one document are one event", async () => {
  const { seeEvents, phases, station, counts } = await begin();
  await seeEvents(scheduled());
  await seeEvents(scheduled({ eventId: eventId.toLowerCase() }));
  await seeEvents(scheduled({ eventId: "9e1c0b52-7C1E-4d2b-9A55-2f2c64f3a001" }));
  await seeEvents(started({ eventId: eventId.toLowerCase() }));
  await seeEvents();
  expect(phases()).toEqual(["scheduled", "started", "completed"]);
  expect(station.told().filter((told) => told.startsWith(id))).toHaveLength(3);
  expect(counts["scheduledevent.updated"]).toBeUndefined();
});

test("from Started back to Scheduled is an update, and it stays one that was Started", async () => {
  const { seeEvents, phases, station } = await begin();
  await seeEvents(scheduled());
  await seeEvents(started());
  await seeEvents(scheduled());
  expect(station.events().at(-1)).toMatchObject({ data: { phase: "updated", changed: ["status"] } });
  await seeEvents(scheduled());
  await seeEvents();
  expect(phases()).toEqual(["scheduled", "started", "updated", "completed"]);
});

test("an EventId that returns after it was gone is its next occurrence, with ids of its own", async () => {
  const { seeEvents, station } = await begin();
  for (let n = 0; n < 3; n++) {
    await seeEvents(scheduled());
    await seeEvents();
  }
  const told = station.events().filter(({ subject }) => subject === id);
  expect(told.map((event) => event.id)).toEqual([
    `${id}:scheduled`,
    `${id}:canceled`,
    `${id}:scheduled:2`,
    `${id}:canceled:2`,
    `${id}:scheduled:3`,
    `${id}:canceled:3`,
  ]);
  expect(told.map(({ data }) => (data as { readonly occurrence?: number }).occurrence)).toEqual([
    1, 1, 2, 2, 3, 3,
  ]);
});

test("a document nested beyond reason is refused like any other wrong one, and the agent goes on", async () => {
  const { failed, see, seeEvents, phases } = await begin();
  const deep = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
  await seeEvents(scheduled());
  expect(await see(documentOf([scheduled()]).replace("]}", `],"Extra":${deep}}`))).toBe(false);
  expect(await see(documentOf([scheduled()]).replace('"EventType"', `"Extra":${deep},"EventType"`))).toBe(
    false,
  );
  expect(failed.map((text) => text.split(":")[0])).toEqual(["wrong-shape", "wrong-shape"]);
  await seeEvents(started());
  expect(phases()).toEqual(["scheduled", "started"]);
});

const odd: readonly (readonly [string, object, object])[] = [
  ["an EventType to come", { EventType: "Evacuate" }, { eventType: "Evacuate", impact: "warn" }],
  ["an EventStatus to come", { EventStatus: "Paused" }, { status: "Paused" }],
  ["no Resources", { Resources: undefined }, { resources: [], affectsSelf: false }],
  ["Resources that is one name", { Resources: "web-01" }, { resources: ["web-01"], affectsSelf: true }],
  [
    "NotBefore that is no time",
    { NotBefore: "soon" },
    { notBefore: null, notBeforeRaw: "soon", noticeMs: null },
  ],
  ["NotBefore in ISO 8601", { NotBefore: "2026-11-22T12:30:00Z" }, { notBefore: "2026-11-22T12:30:00.000Z" }],
  ["a duration that is a text", { DurationInSeconds: "9" }, { durationSeconds: 9 }],
  ["a duration of -1", { DurationInSeconds: -1 }, { durationSeconds: null }],
  [
    "no EventSource and no Description",
    { EventSource: undefined, Description: undefined },
    { eventSource: null, description: "" },
  ],
  ["a field to come", { Severity: { level: 3 } }, { extra: { Severity: { level: 3 } } }],
];

test.each(odd)("an event with %s is told as it is", async (_, wire, data) => {
  const { see, station } = await begin();
  const document = JSON.parse(documentOf([scheduled()])) as { Events: object[] };
  document.Events = [{ ...document.Events[0], ...wire }];
  expect(await see(JSON.stringify(document))).toBe(true);
  expect(station.events().at(-1)?.data).toMatchObject(data);
});

test("bad answers of each endpoint are counted by what was wrong, in a row, and told to be over", async () => {
  const server = await startImdsServer();
  const clock = createVirtualClock({ now: noon });
  const client = createImdsClient({ endpoint: server.endpoint, now: clock.now });
  onTestFinished(() => client.close());
  const { telemetry } = startStation({ imds: client, clock });
  const imds = watchedImds(client, { telemetry, clock });
  const told: string[] = [];
  telemetry.on("answerFailed", ({ endpoint, code, failures }) =>
    told.push(`${endpoint} ${code} ${failures}`),
  );
  telemetry.on("answersRecovered", ({ endpoint, failures, downMs }) =>
    told.push(`${endpoint} well after ${failures} in ${downMs}`),
  );
  const given = new AbortController();
  given.abort();
  const asked: readonly (() => Promise<unknown>)[] = [
    () => imds.scheduledEvents(),
    () => imds.instance(),
    () => imds.token("https://eventhubs.azure.net"),
    () => imds.token(""),
    () => imds.scheduledEvents({ signal: given.signal }),
  ];
  const askAll = async () => {
    for (const ask of asked) await ask().catch(() => {});
    await clock.advance(1000);
  };
  for (const body of ["", '{"DocumentIncarnation":9}', "<html>"]) {
    server.events = answer(body);
    server.instance = answer(body);
    await askAll();
  }
  server.events = answer(documentOf([]));
  await askAll();
  await askAll();
  // The server answers a token with what it answers for events.
  expect(told.filter((line) => !line.startsWith("identity"))).toEqual([
    "scheduledevents not-json 1",
    "instance not-json 1",
    "scheduledevents wrong-shape 2",
    "instance wrong-shape 2",
    "scheduledevents not-json 3",
    "instance not-json 3",
    "scheduledevents well after 3 in 3000",
    "instance not-json 4",
    "instance not-json 5",
  ]);
  expect(told.filter((line) => line.startsWith("identity")).slice(0, 2)).toEqual([
    "identity not-json 1",
    "identity wrong-shape 2",
  ]);
});
