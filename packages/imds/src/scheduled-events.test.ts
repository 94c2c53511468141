import * as fc from "fast-check";
import { expect, test } from "vitest";
import { thrownBy } from "./fixtures/failures.ts";
import samples from "./fixtures/scheduled-events.json" with { type: "json" };
import { parseScheduledEvents } from "./scheduled-events.ts";

const parse = (value: unknown) => parseScheduledEvents(JSON.stringify(value));
const parseEvent = (event: unknown) => parse({ DocumentIncarnation: 1, Events: [event] });
test("reads a document without events", () => {
  expect(parse(samples.empty)).toEqual({ incarnation: 1, events: [], partial: false, warnings: [] });
});

test("reads every field of an event", () => {
  const { events, warnings } = parse(samples.liveMigration);
  expect(warnings).toEqual([]);
  expect(events).toEqual([
    {
      eventId: "C7061BAC-AFDC-4513-B24B-AA5F13A16123",
      eventType: "Freeze",
      eventStatus: "Scheduled",
      resourceType: "VirtualMachine",
      resources: ["WestNO_0", "WestNO_1"],
      notBefore: Date.UTC(2026, 3, 11, 22, 26, 58),
      notBeforeRaw: "Sat, 11 Apr 2026 22:26:58 GMT",
      description: "Virtual machine is being paused because of a memory-preserving Live Migration operation.",
      eventSource: "Platform",
      durationSeconds: 5,
    },
  ]);
});

test("an event that has started has no NotBefore", () => {
  expect(parse(samples.liveMigrationStarted).events[0]).toMatchObject({ notBefore: null, notBeforeRaw: "" });
});

test("a duration of -1, or none, is null; 0 stays 0", () => {
  expect(parse(samples.spot).events[0]?.durationSeconds).toBeNull();
  expect(parse(samples.spotBeforeDurations).events[0]?.durationSeconds).toBeNull();
  expect(parseEvent({ EventId: "a", DurationInSeconds: 0 }).events[0]?.durationSeconds).toBe(0);
});

test("fields that old api-versions lack have their defaults, without a warning", () => {
  const { events, warnings } = parse(samples.version2017);
  expect(events[0]).toMatchObject({ description: "", eventSource: null, durationSeconds: null });
  expect(warnings).toEqual([]);
});

test("a wrong weekday and ISO 8601 are read", () => {
  expect(parse(samples.wrongWeekday).events[0]?.notBefore).toBe(Date.UTC(2026, 3, 11, 22, 26, 58));
  expect(parse(samples.iso8601).events[0]?.notBefore).toBe(Date.UTC(2025, 6, 15, 10, 15));
});

test("unknown types, states and fields pass", () => {
  const document = parse(samples.future);
  expect(document.partial).toBe(false);
  expect(document.events[0]).toMatchObject({
    eventType: "SomethingNew",
    eventStatus: "Paused",
    extra: { NewField: { x: 1 } },
  });
});

test("several events keep their order, and one EventId may occur twice", () => {
  expect(parse(samples.severalEvents).events.map((event) => event.eventStatus)).toEqual([
    "Scheduled",
    "Started",
  ]);
  const twice = parse({ DocumentIncarnation: 1, Events: [{ EventId: "a" }, { EventId: "a" }] });
  expect(twice.events.map((event) => event.eventId)).toEqual(["a", "a"]);
});

test("an event of nothing but an id has defaults, each with a warning", () => {
  const { events, partial, warnings } = parseEvent({ EventId: " a " });
  expect(partial).toBe(false);
  expect(events).toEqual([
    {
      eventId: "a",
      eventType: "Unknown",
      eventStatus: "Unknown",
      resourceType: "VirtualMachine",
      resources: [],
      notBefore: null,
      notBeforeRaw: "",
      description: "",
      eventSource: null,
      durationSeconds: null,
    },
  ]);
  expect(warnings).toEqual([
    "event 0: EventType is missing",
    "event 0: EventStatus is missing",
    "event 0: Resources is missing",
  ]);
});

test("numbers sent as strings, one resource sent as a string, and a leading underscore are taken", () => {
  const event = { ...samples.spot.Events[0], DurationInSeconds: "30", Resources: "_web_0" };
  const document = parse({ DocumentIncarnation: "58", Events: [event] });
  expect(document).toMatchObject({ incarnation: 58, warnings: [] });
  expect(document.events[0]).toMatchObject({ durationSeconds: 30, resources: ["_web_0"] });
});

test("fields of a wrong kind count as missing, and are warned of", () => {
  const { events, warnings } = parseEvent({
    EventId: "a",
    EventType: 1,
    EventStatus: "Scheduled",
    Resources: ["vm", 7, null],
    NotBefore: "31 Feb 2026 00:00:00 GMT",
    Description: { text: "x" },
    EventSource: ["User"],
    DurationInSeconds: "soon",
  });
  expect(events[0]).toMatchObject({
    eventType: "Unknown",
    resources: ["vm"],
    notBefore: null,
    notBeforeRaw: "31 Feb 2026 00:00:00 GMT",
    description: "",
    eventSource: null,
    durationSeconds: null,
  });
  expect(warnings).toHaveLength(7);
  expect(warnings).toContain(
    'event 0: NotBefore is "31 Feb 2026 00:00:00 GMT", neither RFC 1123 nor ISO 8601',
  );
});

test.each([
  [30.2, 31, 0],
  [-1, null, 0],
  [1e308, null, 1],
  ["9".repeat(400), null, 1],
])("a DurationInSeconds of %s is %s", (DurationInSeconds, durationSeconds, warned) => {
  const { events, warnings } = parseEvent({ ...samples.spot.Events[0], DurationInSeconds });
  expect(events[0]).toMatchObject({ durationSeconds });
  expect(warnings).toHaveLength(warned);
});

test.each([1.5, 1e308, "1e3"])("an incarnation of %s is none", (DocumentIncarnation) => {
  const { incarnation, warnings } = parse({ DocumentIncarnation, Events: [] });
  expect([incarnation, warnings]).toEqual([null, ["DocumentIncarnation is missing or not a whole number"]]);
});

test("a missing incarnation is null", () => {
  expect(parse({ Events: [] })).toMatchObject({
    incarnation: null,
    warnings: [expect.stringContaining("Incarnation")],
  });
});

test.each([[null], ["x"], [7], [[]], [{}], [{ EventId: "" }], [{ EventId: "  " }], [{ EventId: 5 }]])(
  "the entry %j is left out, and the document is partial",
  (entry) => {
    const document = parse({ DocumentIncarnation: 1, Events: [entry, { EventId: "b" }] });
    expect(document.partial).toBe(true);
    expect(document.events.map((event) => event.eventId)).toEqual(["b"]);
    expect(document.warnings[0]).toMatch(/^event 0: .*left out$/);
  },
);

test("raw control characters, even in an id's neighbours, do not lose a document", () => {
  const text = JSON.stringify(samples.liveMigration).replace("is being paused", "is\nbeing\t\u0001paused");
  expect(parseScheduledEvents(`\uFEFF${text}`).events[0]?.description).toContain("is\nbeing\t\u0001paused");
});

test("the warnings of a wholly broken document stay few", () => {
  const { warnings } = parse({ DocumentIncarnation: 1, Events: Array.from({ length: 10_000 }, () => null) });
  expect(warnings).toHaveLength(50);
  expect(warnings.at(-1)).toBe("and 9951 more");
});

test.each([
  ["", "not-json"],
  ["  \n", "not-json"],
  ["<html><body>Gateway</body></html>", "not-json"],
  ["nonsense", "not-json"],
  ['{"Events":[', "not-json"],
  ["null", "wrong-shape"],
  ["[]", "wrong-shape"],
  ['"text"', "wrong-shape"],
  ["{}", "wrong-shape"],
  ['{"Events":null}', "wrong-shape"],
  ['{"Events":{}}', "wrong-shape"],
  ['{"error":"Too many requests"}', "wrong-shape"],
])("%j is no document (%s)", (text, code) => {
  expect(thrownBy(() => parseScheduledEvents(text))?.code).toBe(code);
});

const event = fc.record(
  {
    EventId: fc.uuid().map((id) => id.toUpperCase()),
    EventType: fc.constantFrom("Freeze", "Reboot", "Redeploy", "Preempt", "Terminate", "New"),
    EventStatus: fc.constantFrom("Scheduled", "Started"),
    ResourceType: fc.constant("VirtualMachine"),
    Resources: fc.array(fc.string()),
    NotBefore: fc
      .date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
      .map((date) => date.toUTCString()),
    Description: fc.string(),
    EventSource: fc.constantFrom("Platform", "User"),
    DurationInSeconds: fc.integer({ min: -1, max: 1000 }),
  },
  { noNullPrototype: true },
);
const documents = fc.record(
  { DocumentIncarnation: fc.nat(), Events: fc.array(event) },
  { noNullPrototype: true },
);

test("what Azure can send is read without loss", () => {
  fc.assert(
    fc.property(documents, (document) => {
      const read = parse(document);
      const written = read.events.map((entry) => ({
        EventId: entry.eventId,
        EventType: entry.eventType,
        EventStatus: entry.eventStatus,
        ResourceType: entry.resourceType,
        Resources: entry.resources,
        NotBefore: new Date(entry.notBefore ?? Number.NaN).toUTCString(),
        Description: entry.description,
        EventSource: entry.eventSource,
        DurationInSeconds: entry.durationSeconds ?? -1,
      }));
      expect({ DocumentIncarnation: read.incarnation, Events: written }).toEqual(document);
      expect(read).toMatchObject({ partial: false, warnings: [] });
    }),
  );
});

/** Reads or throws an ImdsError; what is read has an id and no NaN. */
const isUsable = (text: string): boolean => {
  let usable = true;
  thrownBy(() => {
    const { events } = parseScheduledEvents(text);
    usable = events.every((entry) => entry.eventId !== "" && !Number.isNaN(entry.notBefore));
  });
  return usable;
};

test("no value of JSON throws anything but an ImdsError", () => {
  const entries = fc.record({ DocumentIncarnation: fc.jsonValue(), Events: fc.array(fc.jsonValue()) });
  const almost = fc.record({
    DocumentIncarnation: fc.nat(),
    Events: fc.array(
      fc.dictionary(fc.constantFrom("EventId", "Resources", "NotBefore", "EventType"), fc.jsonValue()),
    ),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), entries, almost), (value) => {
      expect(isUsable(JSON.stringify(value))).toBe(true);
    }),
  );
});

test("no damaged document throws anything but an ImdsError", () => {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 12 }),
    by: fc.string({ unit: "binary", maxLength: 4 }),
  });
  fc.assert(
    fc.property(documents, fc.array(damage, { maxLength: 4 }), (document, damages) => {
      const text = damages.reduce((before, { at, length, by }) => {
        const from = at % (before.length + 1);
        return before.slice(0, from) + by + before.slice(from + length);
      }, JSON.stringify(document));
      expect(isUsable(text)).toBe(true);
    }),
  );
});
