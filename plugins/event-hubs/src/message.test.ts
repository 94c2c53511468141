import { decodeAmqp } from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { eventOf } from "./fixtures/sink.ts";
import { eventDataOf, partitionKeyOf } from "./message.ts";

const event = eventOf("1:scheduled") as Parameters<typeof partitionKeyOf>[0];
const message = { index: 0, event, text: `${JSON.stringify(event)} ` };

const decoded = ({ contentType, properties, body }: ReturnType<typeof eventDataOf>) =>
  decodeAmqp({ contentType, applicationProperties: properties ?? {}, body });

describe("eventDataOf", () => {
  it("binary: attributes as properties, data as bytes", () => {
    const data = eventDataOf(message, "binary");
    expect(data).toMatchObject({
      contentType: "application/json",
      messageId: "1:scheduled",
      properties: { cloudEvents_id: "1:scheduled", cloudEvents_severitynumber: "17" },
    });
    expect(Buffer.from(data.body as Uint8Array).toString()).toBe(JSON.stringify(event.data));
    expect(decoded(data)).toEqual(event);
  });

  it("structured: the text byte for byte, and no properties", () => {
    const data = eventDataOf(message, "structured");
    expect(data.contentType).toBe("application/cloudevents+json; charset=utf-8");
    expect(Object.keys(data.properties ?? {})).toEqual([]);
    expect(Buffer.from(data.body as Uint8Array).toString()).toBe(message.text);
    expect(decoded(data)).toEqual(event);
  });

  it("leaves out a message id that the SDK would refuse", () => {
    const of = (length: number) =>
      eventDataOf({ ...message, event: { ...event, id: "x".repeat(length) } }, "binary");
    expect(of(128).messageId).toHaveLength(128);
    expect(of(129)).not.toHaveProperty("messageId");
    expect(of(129).properties?.["cloudEvents_id"]).toHaveLength(129);
  });
});

describe("partitionKeyOf", () => {
  const { partitionkey: _, ...unknownVm } = event;
  const { subject: __, ...withoutSubject } = event;

  it("vm: the vmId, whatever the event is about, else the source", () => {
    expect(partitionKeyOf(event, "vm")).toBe("00000000-0000-0000-0000-000000000001");
    expect(partitionKeyOf({ ...event, subject: "other" }, "vm")).toBe(partitionKeyOf(event, "vm"));
    expect(partitionKeyOf({ ...unknownVm, source: "urn:uuid:A" } as never, "vm")).toBe("urn:uuid:a");
  });

  it("event: the EventId in lower case, the same for all observers, else the vmId", () => {
    const id = "C7061BAC-AFDC-4513-B24B-AA5F13A16123";
    const observers = [
      { ...event, subject: id, source: "/vm/1", partitionkey: "1" },
      { ...event, subject: id.toLowerCase(), source: "/vm/2", partitionkey: "2" },
    ];
    for (const seen of observers) expect(partitionKeyOf(seen, "event")).toBe(id.toLowerCase());
    expect(partitionKeyOf(withoutSubject as never, "event")).toBe(partitionKeyOf(event, "vm"));
  });

  it("is never longer than the service takes, and still tells two apart", () => {
    const of = (subject: string) => partitionKeyOf({ ...event, subject }, "event");
    expect(of("a".repeat(128))).toBe("a".repeat(128));
    expect(of("a".repeat(129))).toHaveLength(64);
    expect(of(`${"a".repeat(200)}1`)).not.toBe(of(`${"a".repeat(200)}2`));
  });
});
