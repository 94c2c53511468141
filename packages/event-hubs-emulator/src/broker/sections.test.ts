import rhea from "rhea";
import { describe, expect, test } from "vitest";

import { BATCH_FORMAT, openBatch, singleMessage } from "./batch.ts";
import type { Batch } from "./batch.ts";
import { isDecodeError, SECTION, sectionsOf } from "./sections.ts";

const data = (size: number) => rhea.message.data_section(Buffer.alloc(size, "x"));
const message = rhea.message.encode({
  durable: true,
  message_annotations: { "x-opt-partition-key": "vm-1" },
  message_id: "id",
  application_properties: { text: "x".repeat(300), number: 1, big: 2 ** 40, list: [1, 2] },
  body: data(10),
});

test("finds the sections of a message", () => {
  expect([...sectionsOf(message)].map(({ code }) => code)).toEqual([
    SECTION.header,
    SECTION.messageAnnotations,
    SECTION.properties,
    SECTION.applicationProperties,
    SECTION.data,
  ]);
});

test("finds a section whose descriptor is written in the long form, and values of every width", () => {
  const descriptor = (code: number) => [0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, code];
  const values = [
    [0x40],
    [0x53, 1],
    [0x60, 0, 1],
    [0x70, 0, 0, 0, 1],
    [0x80, 0, 0, 0, 0, 0, 0, 0, 1],
    [0x98, ...Buffer.alloc(16)],
    [0xa1, 2, 65, 66],
    [0xd0, 0, 0, 0, 4, 0, 0, 0, 0],
    [0xe0, 2, 0, 0x40],
  ];
  for (const value of values) {
    const bytes = Buffer.from([...descriptor(0x77), ...value]);
    expect([...sectionsOf(bytes)]).toEqual([{ code: 0x77, start: 0, value: 10, end: bytes.length }]);
  }
});

describe("a batch", () => {
  const batch = rhea.message.encode({
    message_annotations: { "x-opt-partition-key": "vm-1" },
    body: rhea.message.data_sections([message, message]),
  });

  test("is taken apart into its messages, byte for byte", () => {
    const opened = openBatch(batch);
    expect(eventsOf(opened)).toEqual([message, message]);
    expect(opened.partitionKey).toBe("vm-1");
    expect(BATCH_FORMAT).toBe(2_147_563_264);
  });

  test("that is cut short anywhere is refused, never misread", () => {
    for (let length = 1; length < batch.length; length++) {
      const { events = [], error } = attempt(batch.subarray(0, length));
      expect(error === undefined || isDecodeError(error), String(error)).toBe(true);
      // A cut between two sections leaves a shorter message that is whole.
      for (const event of events) expect(event).toEqual(message);
    }
  });

  test.each([
    [
      "an event that is no message",
      rhea.message.encode({ body: rhea.message.data_sections([Buffer.from("x")]) }),
    ],
    ["an empty event", rhea.message.encode({ body: rhea.message.data_sections([Buffer.alloc(0)]) })],
    ["annotations that are no map", Buffer.from([0, 0x53, 0x72, 0x40])],
    ["a section of a type that AMQP does not have", Buffer.from([0, 0x53, 0x75, 0x10])],
  ])("with %s is refused", (_, bytes) => {
    expect(() => openBatch(bytes)).toThrow("cannot be decoded");
  });

  test("without data holds no event", () => {
    expect(openBatch(rhea.message.encode({ body: "a value" })).bounds).toEqual([]);
  });
});

function eventsOf({ bytes, bounds }: Batch): readonly Buffer[] {
  return bounds.flatMap((start, index) =>
    index % 2 === 0 ? [bytes.subarray(start, bounds[index + 1])] : [],
  );
}

function attempt(bytes: Buffer): { readonly events?: readonly Buffer[]; readonly error?: unknown } {
  try {
    return { events: eventsOf(openBatch(bytes)) };
  } catch (error) {
    return { error };
  }
}

test("a single message is a batch of one", () => {
  expect(singleMessage(message)).toMatchObject({
    bytes: message,
    bounds: [0, message.length],
    partitionKey: "vm-1",
  });
  const plain = rhea.message.encode({ body: data(1) });
  expect(singleMessage(plain)).toEqual({ bytes: plain, bounds: [0, plain.length], partitionKey: undefined });
  expect(() => singleMessage(message.subarray(1))).toThrow("cannot be decoded");
});
