import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CloudEvent,
  batchContentType,
  decodeBinary,
  decodeHeaderValue,
  decodeHttp,
  encodeBatch,
  encodeBinary,
  encodeHeaderValue,
  encodeStructured,
  structuredContentType,
} from "./sdk.ts";

const smallest = { specversion: "1.0", id: "1", source: "/vm/1", type: "t" } as const;

const sample: CloudEvent = {
  ...smallest,
  subject: "Euro € 😀",
  time: "2026-11-22T20:00:00Z",
  datacontenttype: "application/json",
  severitynumber: 17,
  severitytext: "ERROR",
  affectsself: true,
  data: { resources: ["vm-é"] },
};

describe("header values", () => {
  it.each([
    ["Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"],
    ['100% "sure"', "100%25%20%22sure%22"],
    ["a\r\nX-Injected: 1", "a%0D%0AX-Injected:%201"],
    ["\u007f\u0080\u00ff", "%7F%C2%80%C3%BF"],
    ["!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"],
    ["", ""],
  ])("%j travels as %s", (value, header) => {
    expect(encodeHeaderValue(value)).toBe(header);
    expect(decodeHeaderValue(header)).toBe(value);
  });

  it.each([
    ["%e2%82%ac", "€"],
    ["%41%42c", "ABc"],
    ["plain text", "plain text"],
    ['"quoted text"', "quoted text"],
    ['"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ['"%20"', " "],
    ["%2541", "%41"],
    ['in the "middle of" it', "in the middle of it"],
  ])("%s is read as %j", (header, value) => {
    expect(decodeHeaderValue(header)).toBe(value);
  });

  it.each(["%C0%A0", "%ED%A0%BD", "%E2%82", "%FF", "100%", "%zz"])("refuses %s", (header) => {
    expect(() => decodeHeaderValue(header)).toThrow("a header value must be percent-encoded UTF-8");
  });

  it("refuses an open quote and lone surrogates", () => {
    expect(() => decodeHeaderValue('"open')).toThrow("must end with a quote");
    expect(() => encodeHeaderValue("\uD83D")).toThrow("lone surrogate");
  });

  it("come back the same, in printable ASCII, whatever they hold", () => {
    const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(text, (value) => {
        const header = encodeHeaderValue(value);
        expect(header).toMatch(/^[\x21-\x7e]*$/);
        expect(decodeHeaderValue(header)).toBe(value);
      }),
    );
  });
});

describe("encodeBinary", () => {
  it("writes every attribute as a header, datacontenttype as Content-Type, data as body", () => {
    expect(encodeBinary(sample)).toEqual({
      headers: {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/vm/1",
        "ce-type": "t",
        "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80",
        "ce-time": "2026-11-22T20:00:00Z",
        "ce-severitynumber": "17",
        "ce-severitytext": "ERROR",
        "ce-affectsself": "true",
      },
      body: '{"resources":["vm-é"]}',
    });
  });

  it("takes the stored JSON text as well", () => {
    expect(encodeBinary(encodeStructured(sample))).toEqual(encodeBinary(sample));
  });

  it("says application/json where data has no type, and nothing where there is no data", () => {
    expect(encodeBinary({ ...smallest, data: "text" })).toMatchObject({
      headers: { "content-type": "application/json" },
      body: '"text"',
    });
    expect(encodeBinary(smallest)).toMatchObject({ body: "" });
    expect(encodeBinary(smallest).headers).not.toHaveProperty("content-type");
  });

  it("sends binary data as bytes and other text as it is", () => {
    const bytes = { ...smallest, datacontenttype: "application/x-any", data_base64: "AAH/" };
    expect(Buffer.from(encodeBinary(bytes).body)).toEqual(Buffer.from([0, 1, 255]));
    expect(encodeBinary({ ...smallest, datacontenttype: "text/xml", data: "<é/>" }).body).toBe("<é/>");
  });

  it("lets no header be injected", () => {
    const name = { ...smallest, "x\r\nEvil": "1" };
    expect(() => encodeBinary(name)).toThrow("is no attribute name");
    const type = { ...smallest, datacontenttype: "text/plain\r\nEvil: 1", data: "" };
    expect(() => encodeBinary(type)).toThrow("control character");
  });

  it("refuses what a receiver would mistake for the structured mode", () => {
    const nested = { ...smallest, datacontenttype: "Application/CloudEvents+json", data: smallest };
    expect(() => encodeBinary(nested)).toThrow("cannot travel in the binary mode");
  });
});

describe("decodeBinary", () => {
  it("gives back the event, types of known extensions included", () => {
    expect(decodeBinary(encodeBinary(sample))).toEqual(sample);
  });

  it("reads names in any case and leaves unknown extensions strings", () => {
    const headers = {
      "CE-SpecVersion": "1.0",
      "Ce-Id": "5",
      "ce-source": "/",
      "ce-type": "t",
      "ce-myext": "true",
    };
    expect(decodeBinary({ headers, body: "" })).toEqual({
      ...smallest,
      id: "5",
      source: "/",
      myext: "true",
    });
  });

  it.each([
    [{ "ce-datacontenttype": "text/plain" }, "the header ce-datacontenttype must not be sent"],
    [{ "ce-data": "x" }, "the header ce-data must not be sent"],
    [{ "ce-my_ext": "x" }, '"my_ext" is no attribute name'],
    [{ "ce-subject": "%C0%A0" }, "must be percent-encoded UTF-8"],
    [{ "ce-time": "now" }, '"time" must be an RFC 3339 time'],
    [{ "ce-id": "" }, '"id" must not be empty'],
  ])("refuses %j", (headers, message) => {
    const valid = encodeBinary(smallest).headers;
    expect(() => decodeBinary({ headers: { ...valid, ...headers }, body: "" })).toThrow(message);
  });

  it("refuses a body that is not what it claims, without quoting it", () => {
    const headers = { ...encodeBinary(smallest).headers, "content-type": "application/json" };
    expect(() => decodeBinary({ headers, body: "top secret" })).toThrow(
      "the body is not the application/json it claims to be",
    );
    expect(() => decodeBinary({ headers, body: Buffer.from([0x22, 0xff, 0x22]) })).toThrow("not UTF-8");
  });

  it("keeps bytes of an unknown or absent type as Base64, and text as text", () => {
    const { headers } = encodeBinary(smallest);
    const decode = (type: string | undefined, body: string | Uint8Array) =>
      decodeBinary({ headers: type === undefined ? headers : { ...headers, "content-type": type }, body });
    expect(decode("image/png", Buffer.from([255]))).toMatchObject({ data_base64: "/w==" });
    expect(decode(undefined, Buffer.from("{}"))).toMatchObject({ data_base64: "e30=" });
    expect(decode("text/plain", Buffer.from("é"))).toMatchObject({ data: "é" });
    expect(decode("image/svg+xml", Buffer.from("<x/>"))).toMatchObject({ data: "<x/>" });
  });
});

describe("decodeHttp", () => {
  const text = encodeStructured(sample);

  it.each([
    ["structured", structuredContentType, text],
    ["structured, any case", "APPLICATION/CloudEvents+JSON", text],
    ["batched", batchContentType, encodeBatch([text])],
    ["batched, any case", " Application/CLOUDEVENTS-batch+json", encodeBatch([text])],
  ])("reads %s", (_, contentType, body) => {
    expect(decodeHttp({ "Content-Type": contentType }, body)).toEqual([sample]);
    expect(decodeHttp({ "Content-Type": contentType }, Buffer.from(body))).toEqual([sample]);
  });

  it("reads binary where the type is anything else", () => {
    const { headers, body } = encodeBinary(sample);
    expect(decodeHttp(headers, Buffer.from(body))).toEqual([sample]);
  });

  it("reads the attributes of a structured message from its body only", () => {
    const headers = { "content-type": structuredContentType, "ce-id": "another" };
    expect(decodeHttp(headers, text)).toEqual([sample]);
  });

  it.each(["application/cloudevents+avro", "application/cloudevents-batch+protobuf"])(
    "refuses %s",
    (type) => {
      expect(() => decodeHttp({ "content-type": type }, text)).toThrow(
        `cannot read the event format ${type}`,
      );
    },
  );
});

describe("round trip of the binary mode", () => {
  const text = fc
    .string({ unit: "binary" })
    .map((value) => value.replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, ""));
  const filled = text.filter((value) => value !== "");
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const data = fc.oneof(
    json.map((value) => ({ datacontenttype: "application/json", data: value })),
    fc
      .string({ minLength: 1, unit: "binary" })
      .filter((value) => value.isWellFormed() && !value.startsWith("\uFEFF"))
      .map((value) => ({ datacontenttype: "text/plain", data: value })),
    fc.uint8Array({ minLength: 1 }).map((bytes) => ({
      datacontenttype: "application/octet-stream",
      data_base64: Buffer.from(bytes).toString("base64"),
    })),
    fc.constant({}),
  );
  const attributes = fc.record({ id: filled, source: filled, type: filled, subject: filled, myext: text });

  it("gives back the same event from the bytes on the wire", () => {
    fc.assert(
      fc.property(attributes, data, (attributes, data) => {
        const event: CloudEvent = { specversion: "1.0", ...attributes, ...data };
        const { headers, body } = encodeBinary(event);
        expect(decodeHttp(headers, Buffer.from(body))).toEqual([event]);
      }),
      { numRuns: 300 },
    );
  });
});
