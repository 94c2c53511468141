import rhea from "rhea";
import { expect, test } from "vitest";

import { deliveredMessage } from "./delivered-message.ts";
import { eventJson } from "./event-json.ts";
import { receivedEvent } from "./received-event.ts";

const place = { sequenceNumber: 7, offset: 120, enqueuedAt: 1_700_000_000_000, partitionKey: undefined };
const storedBytes = (bytes: Buffer) => ({ bytes, start: 0, end: bytes.length, ...place });
const stored = (message: object) => storedBytes(rhea.message.encode(message));

test("the broker's annotations are laid over the sender's, everything else stays", () => {
  const event = stored({
    durable: true,
    delivery_annotations: { hop: 1 },
    message_annotations: { mine: "kept", "x-opt-offset": "forged" },
    message_id: "id",
    application_properties: { a: 1 },
    body: rhea.message.data_section(Buffer.from("body")),
    footer: { end: true },
  });
  const { body, ...rest } = rhea.message.decode(deliveredMessage(event, undefined, 0));
  expect(rest).toEqual({
    durable: true,
    message_annotations: {
      mine: "kept",
      "x-opt-sequence-number": 7,
      "x-opt-offset": "120",
      "x-opt-enqueued-time": new Date(1_700_000_000_000),
    },
    message_id: "id",
    application_properties: { a: 1 },
    footer: { end: true },
  });
  expect(body.content).toEqual(Buffer.from("body"));
});

test("annotations that cannot be decoded cost the event nothing else", () => {
  const broken = Buffer.from([0, 0x53, 0x72, 0xc1, 3, 2, 0xa3, 9]);
  const raw = Buffer.concat([broken, rhea.message.encode({ body: "x" })]);
  const delivered = rhea.message.decode(deliveredMessage(storedBytes(raw), undefined, 0));
  expect(delivered).toMatchObject({ body: "x", message_annotations: { "x-opt-offset": "120" } });
});

test.each([
  [rhea.message.data_section(Buffer.from('{"a":[1]}')), { json: { a: [1] } }],
  [rhea.message.data_section(Buffer.from("no json")), { text: "no json" }],
  [rhea.message.data_section(Buffer.from([255, 0])), { base64: "/wA=" }],
  [rhea.message.data_sections([Buffer.from("a"), Buffer.from("b")]), { text: "ab" }],
  ["value", { value: "value" }],
  [rhea.message.sequence_section([1, 2]), { value: [1, 2] }],
])("an event as JSON: body %#", (body, expected) => {
  const json = eventJson(receivedEvent("hub", "1", stored({ body })));
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    hub: "hub",
    partition: "1",
    sequenceNumber: 7,
    offset: "120",
    enqueuedTime: "2023-11-14T22:13:20.000Z",
    ...expected,
  });
});
