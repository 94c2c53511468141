import type { ForewarnEvent } from "@forewarn/sdk";
import type { ReceivedEvent } from "./harness.ts";

/** Whether what was received is this event, as far as it tells. */
export function isThe(event: ForewarnEvent, received: ReceivedEvent): boolean {
  const { id, source, subject, type } = received;
  return (
    (id !== undefined || subject !== undefined || type !== undefined) &&
    (id ?? event.id) === event.id &&
    (source ?? event.source) === event.source &&
    (subject ?? event.subject) === event.subject &&
    (type ?? event.type) === event.type
  );
}

/** What the other end has, in order, as the ids of what was sent; `?` and its attributes for what nobody sent. */
export function idsOf(received: readonly ReceivedEvent[], sent: readonly ForewarnEvent[]): readonly string[] {
  return received.map((one) => {
    const event = sent.find((candidate) => isThe(candidate, one));
    return event?.id ?? `? ${JSON.stringify({ ...one, event: undefined })}`;
  });
}
