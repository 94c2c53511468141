import { type CloudEvent, decodeAmqp, decodeStructured, type ForewarnEvent } from "@forewarn/sdk";
import { parseEvent } from "@forewarn/sdk/receiver";

/** What the trigger says of its messages, as `context.triggerMetadata`; only this of it is read. */
export interface TriggerMetadata {
  /** The application properties of each message: in the binary mode they are the attributes of its event. */
  readonly propertiesArray?: unknown;
}

/** The events of a call of the trigger, in order; what is none is told to `pass` and left out. */
export function receivedEvents(
  messages: unknown,
  metadata: TriggerMetadata | undefined,
  pass: (index: number, why: string) => void,
): readonly ForewarnEvent[] {
  const all = Array.isArray(messages) ? (messages as readonly unknown[]) : [messages];
  const properties = (metadata?.propertiesArray ?? []) as readonly Readonly<Record<string, unknown>>[];
  return all.flatMap((message, index) => {
    try {
      const parsed = parseEvent(decode(message, properties[index]));
      if (parsed.known) return [parsed.event];
      pass(index, parsed.why);
    } catch (error) {
      pass(index, (error as Error).message);
    }
    return [];
  });
}

/** The host hands over JSON parsed, other text as it is, and bytes where the binding says `dataType: binary`. */
function decode(message: unknown, properties: Readonly<Record<string, unknown>> = {}): CloudEvent | unknown {
  const text = message instanceof Uint8Array ? Buffer.from(message).toString() : message;
  if ("cloudEvents_id" in properties || "cloudEvents:id" in properties) {
    const body = typeof text === "string" ? text : JSON.stringify(text);
    return decodeAmqp({ contentType: "application/json", applicationProperties: properties, body });
  }
  return typeof text === "string" ? decodeStructured(text) : text;
}
