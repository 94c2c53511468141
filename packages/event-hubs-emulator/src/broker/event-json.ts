import { isUtf8 } from "node:buffer";

import type { ReceivedEvent } from "./received-event.ts";

/**
 * An event as plain JSON data, for people and for tests in other languages. The body is `json` if it parses as JSON, else
 * `text` if it is UTF-8, else `base64`; fields that the event does not have are left out.
 */
export function eventJson(event: ReceivedEvent): object {
  const { hub, partition, sequenceNumber, offset, enqueuedTime, partitionKey } = event;
  const { messageId, correlationId, contentType, subject, applicationProperties } = event;
  return {
    hub,
    partition,
    sequenceNumber,
    offset,
    enqueuedTime,
    partitionKey,
    messageId: idText(messageId),
    correlationId: idText(correlationId),
    contentType,
    subject,
    ...(Object.keys(applicationProperties).length > 0 && { applicationProperties }),
    ...(event.value === undefined ? bodyJson(event.body) : { value: event.value }),
  };
}

function bodyJson(body: Buffer): object {
  if (!isUtf8(body)) return { base64: body.toString("base64") };
  const text = body.toString("utf8");
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return { text };
  }
}

function idText(id: string | number | Buffer | undefined): string | number | undefined {
  return Buffer.isBuffer(id) ? id.toString("hex") : id;
}
