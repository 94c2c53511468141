import { Type, defineSink, parseSize } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { batchOf, cut, deliverySettings } from "./batch.ts";
import { eventOfSize, story } from "./samples.ts";

const events = [...story(1), ...story(2)];
const sizes = (maxEvents: number, maxBytes: number, given = events) =>
  cut(given, { maxEvents, maxBytes, concurrency: 1 }).map((batch) => batch.length);

describe("cut", () => {
  test("fills batches up to either limit", () => {
    expect(sizes(3, 1e6)).toEqual([3, 3, 2]);
    expect(sizes(100, 1e6)).toEqual([8]);
    const each = events.map(() => eventOfSize(1, 2000));
    expect(sizes(100, 5999, each)).toEqual([2, 2, 2, 2]);
    expect(sizes(100, 6000, each)).toEqual([3, 3, 2]);
  });

  test("lets an event that is too large travel alone", () => {
    const mixed = [eventOfSize(1, 2000), eventOfSize(2, 9000), eventOfSize(3, 2000)];
    expect(sizes(100, 6000, mixed)).toEqual([1, 1, 1]);
  });

  test("keeps the order", () => {
    expect(cut(events, { maxEvents: 3, maxBytes: 1e6, concurrency: 1 }).flat()).toEqual(events);
  });
});

describe("batchOf", () => {
  test("is frozen to the ground, and says the same twice", () => {
    const batch = batchOf("pager", events);
    expect(batch.events).toEqual(events);
    expect(batch.events).toBe(batch.events);
    expect(batch.encoded.map((text) => JSON.parse(text) as unknown)).toEqual(events);
    for (const part of [
      batch,
      batch.events,
      batch.encoded,
      batch.events[0]?.data,
      batch.events[0]?.data.vm,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test("has an id that depends on the sink and the events alone", () => {
    expect(batchOf("pager", events, 1).id).toBe(batchOf("pager", events, 5).id);
    expect(batchOf("pager", events).id).not.toBe(batchOf("other", events).id);
    expect(batchOf("pager", events).id).not.toBe(batchOf("pager", events.slice(1)).id);
  });
});

test("settings are those of the agent where the definition says nothing, and functions are asked", () => {
  const plain = {
    type: "pager",
    summary: "Pages.",
    options: Type.Object({}),
    open: () => ({ deliver: async () => {} }),
  };
  expect(deliverySettings(defineSink(plain), {})).toEqual({
    maxEvents: 100,
    maxBytes: 256_000,
    concurrency: 1,
  });
  const asked = defineSink({
    ...plain,
    options: Type.Object({ big: Type.Boolean() }),
    batch: ({ big }) => ({ maxEvents: big ? 7 : 1, maxBytes: "1MB" }),
    concurrency: ({ big }) => (big ? 2 : 1),
  });
  expect(deliverySettings(asked, { big: true })).toEqual({
    maxEvents: 7,
    maxBytes: parseSize("1MB"),
    concurrency: 2,
  });
});
