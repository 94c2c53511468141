import { describe, expect, it } from "vitest";
import { sampleOf } from "./fixtures/sample-event.ts";
import { parseEvent } from "./receiver.ts";
import {
  CloudEventError,
  decodeAmqp,
  decodeHttp,
  encodeAmqpBinary,
  encodeBinary,
  encodeStructured,
  type EventDeclaration,
  eventDeclarations,
  sdkVersion,
} from "./sdk.ts";

const [declaration] = eventDeclarations as [EventDeclaration];
const sample = sampleOf(declaration);

/** The sample with other attributes, and other members of its data. */
function changed(attributes: object, data: object = {}): unknown {
  return { ...sample, ...attributes, data: { ...sample.data, ...data } };
}

function problemOf(received: unknown): CloudEventError {
  try {
    parseEvent(received);
  } catch (error) {
    if (error instanceof CloudEventError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(eventDeclarations)("$type", (each) => {
  const event = sampleOf(each);
  const known = { known: true, event };

  it("is known, as JSON text and parsed", () => {
    expect(parseEvent(encodeStructured(event))).toEqual(known);
    expect(parseEvent(event)).toEqual(known);
  });

  it("is known in the binary modes, whose values have no types", () => {
    const { headers, body } = encodeBinary(event);
    expect(decodeHttp(headers, body).map(parseEvent)).toEqual([known]);
    expect(parseEvent(decodeAmqp(encodeAmqpBinary(event)))).toEqual(known);
  });
});

it("types what it returns", () => {
  const parsed = parseEvent(sample);
  if (!parsed.known || parsed.event.type !== "io.forewarn.scheduledevent.scheduled")
    throw new Error("unknown");
  const { data, affectsself }: { data: { noticeMs: number | null }; affectsself?: boolean } = parsed.event;
  expect([data.noticeMs, affectsself]).toEqual([900_000, undefined]);
});

describe("what is wrong is said with its place, and without a value of its data", () => {
  const where = `${declaration.type} 1: `;
  it.each([
    ["a missing member", changed({}, { vm: undefined }), "/data must have required property 'vm'", "data"],
    ["a wrong type", changed({}, { resources: ["a", 7] }), "/data/resources/1 must be string", "data"],
    [
      "neither of two",
      changed({}, { noticeMs: "soon" }),
      "/data/noticeMs must be integer or must be null",
      "data",
    ],
    [
      "within one of two",
      changed({}, { notBefore: "soon" }),
      '/data/notBefore must match format "date-time" or must be null',
      "data",
    ],
    [
      "no choice",
      changed({}, { impact: "bad" }),
      '/data/impact must be one of ["info","warn","error"]',
      "data",
    ],
    ["an attribute", changed({ sequence: "7" }), '/sequence must match pattern "^\\d{20}$"', "sequence"],
    [
      "a constant",
      changed({ datacontenttype: "text/json" }),
      '/datacontenttype must be "application/json"',
      "datacontenttype",
    ],
    [
      "another schema",
      changed({ dataschema: "urn:x" }),
      '"dataschema" must be the URL of scheduledevent.json in @forewarn/sdk',
      "dataschema",
    ],
  ])("%s", (_, received, message, attribute) => {
    expect(problemOf(JSON.parse(JSON.stringify(received)))).toMatchObject({
      code: "FOREWARN_CLOUDEVENT_INVALID",
      message: where + message,
      attribute,
    });
  });

  it.each([
    ["no JSON", "{", "not valid JSON"],
    ["no object", [sample], "a CloudEvent must be a JSON object"],
    ["no CloudEvent", { ...sample, id: "" }, '"id" must not be empty, not ""'],
  ])("%s", (_, received, message) => {
    expect(problemOf(received).message).toBe(message);
  });
});

describe("what this version does not know passes", () => {
  it("another producer's event", () => {
    const event = { specversion: "1.0", id: "1", source: "/x", type: "com.example.ordered", data: 7 };
    const why = `version ${sdkVersion} declares no type com.example.ordered`;
    expect(parseEvent(event)).toEqual({ known: false, event, why });
  });

  const later = { dataschema: "https://unpkg.com/@forewarn/sdk@7.1.0/schemas/scheduledevent.json" };

  it("an event of another version is known where its data is understood", () => {
    const event = changed(later, { novelty: { of: "version 7" } });
    expect(parseEvent(event)).toEqual({ known: true, event });
  });

  it("else it is unknown, and why is said", () => {
    const event = changed(later, { impact: "fatal" });
    const why = `it is of version 7.1.0; for version ${sdkVersion}, /data/impact must be one of ["info","warn","error"]`;
    expect(parseEvent(event)).toEqual({ known: false, event, why });
  });
});

it("leaves what it was given as it was", () => {
  const frozen = Object.freeze({ ...sample, data: Object.freeze({ ...sample.data }) });
  expect(parseEvent(frozen).event).toEqual(sample);
});
