import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CloudEvent,
  type ReceivedAmqpMessage,
  amqpStructuredContentType,
  decodeAmqp,
  encodeAmqpBinary,
  encodeAmqpStructured,
  encodeStructured,
} from "./sdk.ts";

const smallest = { specversion: "1.0", id: "1", source: "/vm/1", type: "t" } as const;

const sample: CloudEvent = {
  ...smallest,
  subject: "Euro € 😀",
  time: "2026-11-22T20:00:00.000Z",
  datacontenttype: "application/json",
  severitynumber: 17,
  severitytext: "ERROR",
  affectsself: true,
  notbefore: "2026-11-22T20:00:30.000Z",
  data: { resources: ["vm-é"] },
};

/** As a library would hand it on. */
function received({ body, ...message }: ReturnType<typeof encodeAmqpBinary>): ReceivedAmqpMessage {
  return { ...message, body: Buffer.from(body) };
}

/** The smallest event in the binary mode, with some properties and a body. */
function binary(properties: Readonly<Record<string, unknown>>, contentType?: string, body: unknown = "") {
  const { applicationProperties } = encodeAmqpBinary(smallest);
  return { contentType, applicationProperties: { ...applicationProperties, ...properties }, body };
}

describe("encodeAmqpBinary", () => {
  it("writes attributes as canonical strings, datacontenttype as content type, data as bytes", () => {
    const { body, ...message } = encodeAmqpBinary(sample);
    expect(message).toEqual({
      contentType: "application/json",
      applicationProperties: {
        cloudEvents_specversion: "1.0",
        cloudEvents_id: "1",
        cloudEvents_source: "/vm/1",
        cloudEvents_type: "t",
        cloudEvents_subject: "Euro € 😀",
        cloudEvents_time: "2026-11-22T20:00:00.000Z",
        cloudEvents_severitynumber: "17",
        cloudEvents_severitytext: "ERROR",
        cloudEvents_affectsself: "true",
        cloudEvents_notbefore: "2026-11-22T20:00:30.000Z",
      },
    });
    expect(Buffer.from(body).toString()).toBe('{"resources":["vm-é"]}');
  });

  it("says application/json where data has no type, and nothing where there is no data", () => {
    expect(encodeAmqpBinary({ ...smallest, data: "text" })).toMatchObject({
      contentType: "application/json",
    });
    const empty = encodeAmqpBinary(smallest);
    expect(empty).not.toHaveProperty("contentType");
    expect(empty.body).toHaveLength(0);
  });

  it("leaves out what is null, and sends binary data as bytes", () => {
    const event = { ...smallest, traceparent: null, datacontenttype: "image/png", data_base64: "AAH/" };
    const { applicationProperties, body } = encodeAmqpBinary(event);
    expect(applicationProperties).not.toHaveProperty("cloudEvents_traceparent");
    expect([...body]).toEqual([0, 1, 255]);
  });

  it("refuses what a receiver would mistake for the structured mode", () => {
    const nested = { ...smallest, datacontenttype: "Application/CloudEvents+json", data: smallest };
    expect(() => encodeAmqpBinary(nested)).toThrow("cannot travel in the binary mode");
  });
});

describe("encodeAmqpStructured", () => {
  it("sends the text byte for byte", () => {
    const text = ` ${encodeStructured(sample)}\n`;
    const { body, ...rest } = encodeAmqpStructured(text);
    expect(rest).toEqual({ contentType: amqpStructuredContentType, applicationProperties: {} });
    expect(Buffer.from(body).toString()).toBe(text);
    expect(decodeAmqp(encodeAmqpStructured(text))).toEqual(sample);
  });
});

describe("decodeAmqp", () => {
  it("gives back the event, types of known attributes included", () => {
    expect(decodeAmqp(received(encodeAmqpBinary(sample)))).toEqual(sample);
  });

  it("takes native AMQP values, as rhea and as the Azure SDK hand them on", () => {
    const time = new Date("2026-11-22T20:00:00.000Z");
    const native = { cloudEvents_severitynumber: 17, cloudEvents_affectsself: true, cloudEvents_big: 5n };
    const expected = { ...smallest, severitynumber: 17, affectsself: true, big: 5, time: time.toISOString() };
    for (const value of [time, time.getTime(), time.toISOString()]) {
      expect(decodeAmqp(binary({ ...native, cloudEvents_time: value }))).toEqual(expected);
    }
    const bytes = decodeAmqp(binary({ cloudEvents_nonce: Buffer.from([0, 255]) }));
    expect(bytes).toMatchObject({ nonce: "AP8=" });
  });

  it("takes the separator : as well, and leaves other properties alone", () => {
    const properties = {
      "cloudEvents:subject": "s",
      "Diagnostic-Id": "00-1",
      cloudEventsid: "no",
      other: {},
    };
    expect(decodeAmqp(binary(properties))).toEqual({ ...smallest, subject: "s" });
  });

  it("ignores null properties, and attributes beside a structured body", () => {
    expect(decodeAmqp(binary({ cloudEvents_subject: null }))).toEqual(smallest);
    const message = {
      ...encodeAmqpStructured(encodeStructured(sample)),
      contentType: "APPLICATION/CloudEvents+JSON",
    };
    expect(decodeAmqp({ ...message, applicationProperties: { cloudEvents_id: "another" } })).toEqual(sample);
  });

  it.each([
    [{ cloudEvents_datacontenttype: "text/plain" }, "cloudEvents_datacontenttype must not be sent"],
    [{ "cloudEvents:data": "x" }, "cloudEvents:data must not be sent"],
    [{ "cloudEvents:id": "1" }, '"id" is given twice'],
    [{ cloudEvents_my_ext: "x" }, '"my_ext" is no attribute name'],
    [{ cloudEvents___proto__: "x" }, '"__proto__" is no attribute name'],
    [{ cloudEvents_constructor: "x", "cloudEvents:constructor": "x" }, '"constructor" is given twice'],
    [{ cloudEvents_time: "now" }, '"time" must be an RFC 3339 time'],
    [{ cloudEvents_time: new Date(Number.NaN) }, '"time" must be a time'],
    [{ cloudEvents_id: "" }, '"id" must not be empty'],
    [{ cloudEvents_x: 1.5 }, "must be an integer of 32 bits"],
    [{ cloudEvents_x: {} }, "must be a string, a boolean or an integer"],
    [{ cloudEvents_specversion: "0.3" }, '"specversion" must be "1.0"'],
  ])("refuses %j", (properties, message) => {
    expect(() => decodeAmqp(binary(properties))).toThrow(message);
  });

  it("refuses a message that is no CloudEvent, and formats it does not know", () => {
    expect(() => decodeAmqp({ body: "" })).toThrow("is missing");
    const of = (contentType: string) => () => decodeAmqp({ contentType, body: "{}" });
    expect(of("application/cloudevents+avro")).toThrow("cannot read the event format");
    expect(of("application/cloudevents-batch+json")).toThrow("AMQP has no batched mode");
  });

  it("says what to do about a body that the SDK has parsed", () => {
    expect(() => decodeAmqp(binary({}, "application/json", { parsed: true }))).toThrow(
      "skipParsingBodyAsJson",
    );
  });

  it("refuses a body that is not what it claims, without quoting it", () => {
    const decode = (body: unknown) => () => decodeAmqp(binary({}, "application/json", body));
    expect(decode("top secret")).toThrow(/^the body is not the application\/json it claims to be$/);
    expect(decode(Buffer.from([0x22, 0xff, 0x22]))).toThrow("not UTF-8");
  });
});

describe("round trip", () => {
  const text = fc
    .string({ unit: "binary" })
    .map((value) => value.replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, ""));
  const filled = text.filter((value) => value !== "");
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const data = fc.oneof(
    json.map((value) => ({ datacontenttype: "application/json", data: value })),
    fc.uint8Array({ minLength: 1 }).map((bytes) => ({
      datacontenttype: "application/octet-stream",
      data_base64: Buffer.from(bytes).toString("base64"),
    })),
    fc.constant({}),
  );
  const attributes = fc.record({
    id: filled,
    source: filled,
    type: filled,
    subject: filled,
    myext: text,
    severitynumber: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    affectsself: fc.boolean(),
  });
  const event = fc
    .tuple(attributes, data)
    .map(([attributes, data]): CloudEvent => ({ specversion: "1.0", ...attributes, ...data }));

  it("of the binary mode gives back the same event", () => {
    fc.assert(
      fc.property(event, (event) => {
        const message = encodeAmqpBinary(event);
        for (const value of Object.values(message.applicationProperties)) expect(value).toBeTypeOf("string");
        expect(decodeAmqp(received(message))).toEqual(event);
      }),
      { numRuns: 300 },
    );
  });

  it("of the structured mode gives back the same event, and the same bytes", () => {
    fc.assert(
      fc.property(event, (event) => {
        const text = encodeStructured(event);
        const message = encodeAmqpStructured(text);
        expect(Buffer.from(message.body).toString()).toBe(text);
        expect(decodeAmqp(received(message))).toEqual(event);
      }),
    );
  });
});
