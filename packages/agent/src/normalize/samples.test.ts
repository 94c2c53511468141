import { parseScheduledEvents, type ScheduledEventsDocument } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import samples from "../fixtures/scheduled-events.json" with { type: "json" };
import { scheduled } from "./fixtures/entry.ts";
import { createWatch, type Watch, watching } from "./fixtures/watch.ts";

const read = (sample: unknown): ScheduledEventsDocument => parseScheduledEvents(JSON.stringify(sample));

const { documents, sequences } = samples;

/** A VM whose clock shows ten minutes to the first NotBefore. */
function tenMinutesBefore(notBefore: number, name: string): Watch {
  const watch = createWatch({ name });
  watch.jump(notBefore - 10 * 60_000 - (scheduled().notBefore! - 15 * 60_000));
  return watch;
}

describe.each(Object.entries(sequences))("the sequence %s", (_, sequence) => {
  const answers = sequence.map(read);
  const entry = answers[1]!.events[0]!;

  test.each(entry.resources)(
    "seen from %s: each of its documents is one event, in order, then nothing",
    (name) => {
      const watch = tenMinutesBefore(entry.notBefore ?? scheduled().notBefore!, name);
      const told = answers.flatMap(({ events }) => watch.see(events).events.map(({ data }) => data.phase));
      const statuses = answers.flatMap(({ events }) =>
        events.map(({ eventStatus }) => eventStatus.toLowerCase()),
      );
      expect(told).toEqual([...statuses, statuses.includes("started") ? "completed" : "canceled"]);
      expect(watch.see([]).events).toEqual([]);
      expect([...watch.known.values()].map(({ affectsSelf }) => affectsSelf)).toEqual([true]);
    },
  );

  test("seen a hundred times each, as in a quarter of an hour, it is told no more often", () => {
    const watch = tenMinutesBefore(entry.notBefore ?? scheduled().notBefore!, "bystander");
    const told = answers.flatMap(({ events }) =>
      Array.from({ length: 100 }, () => watch.see(events).events).flat(),
    );
    expect(told).toHaveLength(answers.length - 1);
    expect(told.every(({ data }) => data.affectsSelf === false && data.impact === "info")).toBe(true);
  });
});

describe("documents", () => {
  const first = (sample: unknown, name?: string) => {
    const { events, ...document } = read(sample);
    return { document, ...watching(name === undefined ? {} : { name }).see(events) };
  };

  test("without events", () => {
    expect(first(documents.empty).events).toEqual([]);
  });

  test("degraded hardware, announced days ahead", () => {
    const [event] = first(documents.degradedHardware, "db-02").events;
    expect(event?.data).toMatchObject({ eventType: "Redeploy", impact: "error", durationSeconds: null });
  });

  test("a wrong weekday is ignored", () => {
    const [event] = first(documents.wrongWeekday).events;
    expect(event?.data.notBefore).toBe("2026-04-11T22:26:58.000Z");
  });

  test("ISO 8601", () => {
    const [event] = first(documents.iso8601).events;
    expect(event?.data).toMatchObject({
      notBefore: "2025-07-15T10:15:00.000Z",
      notBeforeRaw: "2025-07-15T10:15:00Z",
    });
  });

  test("a hardware failure that begins as Started, of two VMs", () => {
    const [event] = first(documents.hardwareFailure, "db-02").events;
    expect(event?.data).toMatchObject({ phase: "started", noticeMs: 0, resources: ["db-01", "db-02"] });
  });

  test("two events of other VMs", () => {
    const { events } = first(documents.otherVms, "myvmss_3");
    expect(events.map(({ data }) => [data.phase, data.affectsSelf, data.impact])).toEqual([
      ["scheduled", true, "warn"],
      ["started", false, "info"],
    ]);
  });

  test("older api-versions, without DurationInSeconds, without EventSource and Description", () => {
    const [preempt] = first(documents.preempt20190801, "myspotvm").events;
    expect(preempt?.data).toMatchObject({ durationSeconds: null, impact: "error", description: "" });
    const [freeze] = first(documents.freeze20170801, "xxxx").events;
    expect(freeze?.data).toMatchObject({
      eventId: "xxx-xxx-xxx-xxx-xxx",
      eventSource: null,
      description: "",
    });
  });

  test("keys in another order", () => {
    const watch = watching();
    const told = [documents.freezeStarted, sequences["freeze-host-agent-maintenance"][2]].map(
      (sample) => watch.see(read(sample).events).events.length,
    );
    expect(told).toEqual([1, 0]);
  });

  test("an unknown type, status and field pass through", () => {
    const [event] = first(documents.unknownFields, "myvmss_0").events;
    expect(event?.data).toMatchObject({
      phase: "scheduled",
      eventType: "SomethingNew",
      status: "Paused",
      impact: "warn",
      extra: { NewField: { x: 1 } },
    });
  });
});

test("numbers that are not whole are told whole: the schema knows no others", () => {
  const [event] = read({
    DocumentIncarnation: 1.5,
    Events: [
      {
        EventId: "a",
        EventType: "Freeze",
        EventStatus: "Scheduled",
        Resources: ["web-01"],
        DurationInSeconds: 0.4,
      },
    ],
  }).events;
  const seen = watching().see([event!], { incarnation: 1.5 });
  // 0 would mean that nothing is interrupted.
  expect(seen.events[0]?.data).toMatchObject({
    durationSeconds: 1,
    documentIncarnation: null,
    impact: "warn",
  });
});

test("what an entry lacks is no reason to fail", () => {
  const [event] = read({ Events: [{ EventId: "a" }] }).events;
  const seen = watching().see([event!], { incarnation: null });
  expect(seen.events[0]?.data).toMatchObject({
    phase: "scheduled",
    eventType: "Unknown",
    resources: [],
    documentIncarnation: null,
  });
});
