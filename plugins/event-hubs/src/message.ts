import { hash } from "node:crypto";
import type { EventData } from "@azure/event-hubs";
import { type AmqpMessage, type CloudEvent, encodeAmqpBinary, encodeAmqpStructured } from "@forewarn/sdk";
import type { EventHubsOptions } from "./options.ts";

/** One event on its way to a partition. */
export interface Message {
  /** Its place in the batch that the agent gave. */
  readonly index: number;
  readonly event: CloudEvent;
  /** Its JSON text. */
  readonly text: string;
}

/** Longer ids are refused by the SDK, longer partition keys by the service. */
const longest = 128;

/** A message as the SDK takes it; throws where the event cannot be said in this mode. */
export function eventDataOf({ event, text }: Message, mode: EventHubsOptions["mode"]): EventData {
  const { contentType, applicationProperties, body }: AmqpMessage =
    mode === "structured" ? encodeAmqpStructured(text) : encodeAmqpBinary(event);
  return {
    body,
    properties: applicationProperties,
    ...(contentType === undefined ? {} : { contentType }),
    ...(event.id.length <= longest ? { messageId: event.id } : {}),
  };
}

/**
 * `vm`: the vmId that every event carries, which is the same in whatever way the VM is named in `source`. `event`: the
 * EventId, which all observers of a scheduled event have in common, or the vmId for events that are about a VM.
 */
export function partitionKeyOf(event: CloudEvent, partitionBy: EventHubsOptions["partitionBy"]): string {
  const vm = event["partitionkey"] ?? event.source;
  const key = String(partitionBy === "vm" ? vm : (event.subject ?? vm)).toLowerCase();
  return key.length <= longest ? key : hash("sha256", key);
}
