import type { ScheduledEvent } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { type Evidence, judge } from "./oracle.ts";
import type { Stored } from "./outbox-file.ts";
import { compare } from "./told.ts";

const freeze: ScheduledEvent = {
  EventId: "F",
  EventStatus: "Scheduled",
  EventType: "Freeze",
  ResourceType: "VirtualMachine",
  Resources: ["web-01"],
  NotBefore: "Mon, 19 Sep 2016 18:29:47 GMT",
  Description: "",
  EventSource: "Platform",
  DurationInSeconds: 5,
};
const started = { ...freeze, EventStatus: "Started", NotBefore: "" };
const moved = { ...freeze, Description: "moved" };
const answer = (life: number, ...events: readonly ScheduledEvent[]) => ({ life, events });
const told = (...phases: readonly string[]) => new Map([["f", phases]]);

describe("what was told must be what the answers mean", () => {
  const whole = [answer(1, freeze), answer(1, moved), answer(1, started), answer(1), answer(1)];

  test.each([
    ["the whole story", whole, told("scheduled", "updated", "started", "completed"), 0],
    ["a phase that is missing", whole, told("scheduled", "started", "completed"), 1],
    ["an end that is missing", whole, told("scheduled", "updated", "started"), 1],
    ["a phase too many", whole, told("scheduled", "updated", "started", "completed", "completed"), 1],
    ["nothing", whole, told(), 1],
    ["what Azure never named", [answer(1), answer(1)], told("scheduled"), 1],
  ])("%s", (_, answers, phases, findings) => {
    expect(compare(answers, phases)).toHaveLength(findings);
  });

  test("the last answer before a kill may have been stored or not; the one before it was", () => {
    const killed = [answer(1, freeze), answer(1, started), answer(2), answer(2)];
    expect(compare(killed, told("scheduled", "started", "completed"))).toEqual([]);
    expect(compare(killed, told("scheduled", "ended"))).toEqual([]);
    expect(compare(killed, told("started", "completed"))).toHaveLength(1);
    const unseen = [answer(1, freeze), answer(2), answer(2)];
    expect(compare(unseen, new Map())).toEqual([]);
    expect(compare(unseen, told("scheduled", "canceled"))).toEqual([]);
  });
});

describe("what is stored must have arrived", () => {
  const event = (seq: number, id: string, key: string): Stored => ({
    seq,
    source: "vm",
    id,
    type: "io.forewarn.agent.started",
    key,
    json: JSON.stringify({ source: "vm", id, seq }),
  });
  const stored = [event(1, "a", "k"), event(2, "b", "k"), event(3, "c", "other")];
  const [a, b, c] = stored.map(({ json }) => json) as [string, string, string];
  const evidence = (...arrivals: readonly (readonly [life: number, text: string])[]): Evidence => ({
    answers: [],
    stored,
    destinations: [
      {
        name: "sink",
        wants: () => true,
        mostRepeated: 1,
        arrivals: () => arrivals.map(([life, text]) => ({ life, text })),
      },
    ],
  });

  test("in order within a key; what a kill repeats is a duplicate and no fault", () => {
    const { findings, receipts } = judge(evidence([1, c], [1, a], [2, a], [3, b]));
    expect(findings).toEqual([]);
    expect(receipts).toMatchObject([{ arrivals: 4, lost: 0, duplicates: 1, mostRepeated: 1, torn: 0 }]);
  });

  test.each([
    ["lost", [a, b], /vm c is lost/],
    ["out of order", [b, a, c], /vm b overtook/],
    ["changed", [a.replace("1", "9"), b, c], /vm a is not as it was stored/],
    ["unknown", [a, b, c, '{"source":"vm","id":"z"}'], /vm z arrived, and the outbox does not know it/],
    ["torn by nobody", [a, b, c, '{"source":"x'], /nobody wrote/],
    ["repeated too often", [a, b, a, b, c], /one kill repeated 2 events/],
  ])("%s", (_, texts, finding) => {
    expect(judge(evidence(...texts.map((text) => [1, text] as const))).findings).toEqual([
      expect.stringMatching(finding),
    ]);
  });
});
