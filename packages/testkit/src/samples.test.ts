import { type ForewarnEvent, type TSchema, eventDeclarations, eventSchema } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, test } from "vitest";
import { eventOfSize, sampleEvents, story, trickyEvent } from "./samples.ts";

const ajv = createAjv();
const schemas = new Map(eventDeclarations.map((declared) => [declared.type, eventSchema(declared)]));

function problemsOf(event: ForewarnEvent): unknown {
  return ajv.validate(schemas.get(event.type) as TSchema, structuredClone(event)) ? [] : ajv.errors;
}

test("there is one sample of every kind", () => {
  expect(sampleEvents.map(({ type }) => type)).toEqual(eventDeclarations.map(({ type }) => type));
});

test.each(sampleEvents.map((event) => [event.type, event] as const))("%s is valid", (_type, event) => {
  expect(problemsOf(event)).toEqual([]);
});

test("no two samples share an id, nor subject and type", () => {
  for (const events of [sampleEvents, [...story(1), ...story(2)]]) {
    const count = events.length;
    expect(new Set(events.map(({ id }) => id)).size).toBe(count);
    expect(new Set(events.map(({ subject, type }) => `${subject} ${type}`)).size).toBe(count);
  }
});

test("a story is told in order, and is the same each time", () => {
  expect(story(7).map(({ time }) => time)).toEqual(
    story(7)
      .map(({ time }) => time)
      .toSorted(),
  );
  expect(story(7)).toEqual(story(7));
});

test.each([2000, 65_536, 2_000_000])("an event of %i bytes has them", (bytes) => {
  const event = eventOfSize(1, bytes);
  expect(Buffer.byteLength(JSON.stringify(event))).toBe(bytes);
  expect(problemsOf(event)).toEqual([]);
});

describe("the tricky event", () => {
  const event = trickyEvent(1);

  test("is valid and well formed", () => {
    expect(problemsOf(event)).toEqual([]);
    expect(JSON.stringify(event).isWellFormed()).toBe(true);
  });

  test.each(["😀", "‍", "\u202b", "\u0301", "\u0000", "\u2028", "<!channel>", "${x}"])("holds %j", (part) => {
    expect(event.data.description).toContain(part);
  });
});
