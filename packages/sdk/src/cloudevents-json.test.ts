import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CloudEvent,
  CloudEventError,
  type ForewarnEvent,
  batchContentType,
  decodeBatch,
  decodeStructured,
  encodeBatch,
  encodeStructured,
  structuredContentType,
} from "./sdk.ts";

const smallest = { specversion: "1.0", id: "1", source: "/vm/1", type: "t" } as const;

const decode = (changes: Readonly<Record<string, unknown>>) =>
  decodeStructured(JSON.stringify({ ...smallest, ...changes }));

function errorOf(call: () => unknown): CloudEventError {
  try {
    call();
  } catch (error) {
    if (error instanceof CloudEventError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Any text that an attribute may hold. */
const attributeText = fc
  .string({ unit: "binary" })
  .map((text) => text.replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, ""));

describe("media types", () => {
  it("are those of the HTTP binding", () => {
    expect(structuredContentType).toBe("application/cloudevents+json; charset=UTF-8");
    expect(batchContentType).toBe("application/cloudevents-batch+json; charset=UTF-8");
  });
});

describe("decodeStructured", () => {
  it("keeps attributes, extensions and data as they are", () => {
    const event = {
      ...smallest,
      subject: "größer € 😀",
      time: "2026-11-22T20:15:03.123Z",
      datacontenttype: "application/json",
      dataschema: "https://example.com/schema.json",
      severitynumber: 17,
      affectsself: false,
      data: { nested: [null, 1.5, "x"] },
    };
    expect(decodeStructured(JSON.stringify(event))).toEqual(event);
  });

  it("takes null for absent, except as data", () => {
    expect(decode({ subject: null, myext: null, data_base64: null, data: null })).toEqual({
      ...smallest,
      data: null,
    });
  });

  it.each(["id", "source", "type", "specversion"])("demands %s", (name) => {
    const error = errorOf(() => decode({ [name]: null }));
    expect(error).toMatchObject({ code: "FOREWARN_CLOUDEVENT_INVALID", attribute: name });
    expect(error.message).toBe(`"${name}" is missing`);
    expect(errorOf(() => decode({ [name]: "" })).attribute).toBe(name);
    expect(errorOf(() => decode({ [name]: 1 })).message).toBe(`"${name}" must be a string`);
  });

  it.each([
    ["another version", { specversion: "0.3" }, '"specversion" must be "1.0", not "0.3"'],
    ["an upper case name", { partitionKey: "x" }, '"partitionKey" is no attribute name: only a-z and 0-9'],
    ["a name with an underscore", { my_ext: "x" }, '"my_ext" is no attribute name'],
    ["an object as extension", { myext: {} }, '"myext" must be a string, a boolean or an integer'],
    ["a fraction", { myext: 1.5 }, '"myext" must be an integer of 32 bits, not 1.5'],
    ["2^31", { myext: 2147483648 }, '"myext" must be an integer of 32 bits'],
    ["-2^31 - 1", { myext: -2147483649 }, '"myext" must be an integer of 32 bits'],
    ["a control character", { subject: "a\u0000" }, '"subject" must hold no control character'],
    ["a C1 control character", { subject: "a\u0085" }, '"subject" must hold no control character'],
    ["a line break", { myext: "a\r\nb" }, '"myext" must hold no control character'],
    ["a noncharacter", { subject: "\uFFFE" }, "noncharacter"],
    ["an astral noncharacter", { subject: "\u{1FFFF}" }, "noncharacter"],
    ["a lone surrogate", { subject: "\uD83D" }, "lone surrogate"],
    ["an empty subject", { subject: "" }, '"subject" must not be empty'],
    ["a bad time", { time: "22.11.2026" }, '"time" must be an RFC 3339 time, not "22.11.2026"'],
    ["a time without zone", { time: "2026-11-22T20:00:00" }, '"time" must be an RFC 3339 time'],
    ["a bad media type", { datacontenttype: "json" }, '"datacontenttype" must be a media type'],
    ["a relative dataschema", { dataschema: "/schema" }, '"dataschema" must be an absolute URI'],
    ["data twice", { data: 1, data_base64: "AA==" }, '"data" and "data_base64" exclude each other'],
    ["bad Base64", { data_base64: "A" }, '"data_base64" must be Base64'],
    ["Base64 of another type", { data_base64: 5 }, '"data_base64" must be Base64'],
    [
      "an object as text",
      { datacontenttype: "text/plain", data: {} },
      '"data" of text/plain must be a string',
    ],
  ])("refuses %s", (_, changes, message) => {
    expect(errorOf(() => decode(changes)).message).toContain(message);
  });

  it.each(["{", "", "nonsense with a secret"])("refuses what is not JSON without quoting it: %j", (text) => {
    expect(errorOf(() => decodeStructured(text)).message).toBe("not valid JSON");
  });

  it.each(["[]", "null", "1", '"x"'])("refuses %s", (text) => {
    expect(errorOf(() => decodeStructured(text)).message).toBe("a CloudEvent must be a JSON object");
  });

  it("accepts the ends of the integer range and leap seconds", () => {
    expect(decode({ low: -2147483648, high: 2147483647, time: "2026-12-31T23:59:60.5+01:00" })).toMatchObject(
      {
        low: -2147483648,
        high: 2147483647,
      },
    );
  });

  it("cuts long values in messages", () => {
    expect(errorOf(() => decode({ time: "x".repeat(10_000) })).message.length).toBeLessThan(200);
  });

  it("leaves the prototype alone", () => {
    const text = `${JSON.stringify(smallest).slice(0, -1)},"__proto__":{"polluted":true}}`;
    expect(errorOf(() => decodeStructured(text)).attribute).toBe("__proto__");
    expect(decode({ constructor: "x" })["constructor"]).toBe("x");
  });
});

describe("batches", () => {
  it("join texts without parsing them", () => {
    expect(encodeBatch([])).toBe("[]");
    expect(encodeBatch(["not", "json"])).toBe("[not,json]");
  });

  it("may be empty, and tell which event is wrong", () => {
    expect(decodeBatch("[]")).toEqual([]);
    const bad = JSON.stringify([smallest, { ...smallest, type: "" }]);
    expect(errorOf(() => decodeBatch(bad)).message).toBe('event 2 of 2: "type" must not be empty, not ""');
    expect(errorOf(() => decodeBatch("{}")).message).toBe("a batch of CloudEvents must be a JSON array");
  });
});

describe("round trips", () => {
  const event = fc.record(
    {
      specversion: fc.constant("1.0" as const),
      id: attributeText.filter((text) => text !== ""),
      source: attributeText.filter((text) => text !== ""),
      type: attributeText.filter((text) => text !== ""),
      subject: attributeText.filter((text) => text !== ""),
      myext: fc.oneof(attributeText, fc.boolean(), fc.integer()),
      // JSON has no -0: it comes back as 0.
      data: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    },
    { requiredKeys: ["specversion", "id", "source", "type"] },
  );

  it("structured gives back the same event, on one line", () => {
    fc.assert(
      fc.property(event, (given: CloudEvent) => {
        const text = encodeStructured(given);
        expect(text).not.toMatch(/[\r\n]/);
        expect(decodeStructured(text)).toEqual(given);
      }),
    );
  });

  it("batched gives back the same events", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (given: readonly CloudEvent[]) => {
        expect(decodeBatch(encodeBatch(given.map(encodeStructured)))).toEqual(given);
      }),
    );
  });

  it("take Forewarn's own events as CloudEvents", () => {
    const own = {} as ForewarnEvent satisfies CloudEvent;
    expect(encodeStructured(own)).toBe("{}");
  });
});
