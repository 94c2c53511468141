import { isDeepStrictEqual } from "node:util";

import { wirePatch } from "./event-patch.ts";
import type { EventPatch } from "./event-patch.ts";
import type { ScheduledEvent, ScheduledEventsDocument } from "./scheduled-event.ts";

/** One change of the document; `event` is as it stands afterwards, or as it last stood when it was removed. */
export interface DocumentChange {
  /** `approved` is a start asked for by a client's StartRequests, `started` any other start. */
  readonly action: "added" | "approved" | "removed" | "started" | "updated";
  readonly event: ScheduledEvent;
  /** DocumentIncarnation after the change. */
  readonly incarnation: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The Scheduled Events document of one placement group; EventIds are compared without regard to case. */
export interface LiveDocument {
  snapshot(): ScheduledEventsDocument;
  find(eventId: string): ScheduledEvent | undefined;
  /** Throws a RangeError when an event of that id stands in the document. */
  add(event: ScheduledEvent): void;
  /** Throws a RangeError on an unknown id; no change when the event is Started already. */
  start(eventId: string, action?: "approved" | "started"): void;
  /** Throws a RangeError on an unknown id; no change when every field of the patch stands so already. */
  update(eventId: string, patch: EventPatch): void;
  /** Throws a RangeError on an unknown id. */
  remove(eventId: string): void;
  /** Calls the listener after each change, until the returned function is called. */
  onChange(listener: (change: DocumentChange) => void): () => void;
}

/** An empty document of incarnation 1, which is what captures of a newly enabled service show. */
export function createLiveDocument(now: () => number = Date.now): LiveDocument {
  let incarnation = 1;
  let events: readonly ScheduledEvent[] = [];
  const listeners = new Set<(change: DocumentChange) => void>();

  const find = (eventId: string) => events.find((event) => sameId(event.EventId, eventId));

  const demand = (eventId: string) => {
    const event = find(eventId);
    if (event === undefined) throw new RangeError(`No event ${eventId} in the document.`);
    return event;
  };

  const change = (
    next: readonly ScheduledEvent[],
    action: DocumentChange["action"],
    event: ScheduledEvent,
  ) => {
    events = next;
    incarnation += 1;
    const record = { action, event, incarnation, at: now() };
    for (const listener of listeners) listener(record);
  };

  const replace = (before: ScheduledEvent, after: ScheduledEvent, action: DocumentChange["action"]) => {
    if (isDeepStrictEqual(before, after)) return;
    change(
      events.map((event) => (event === before ? after : event)),
      action,
      after,
    );
  };

  return {
    snapshot: () => ({ DocumentIncarnation: incarnation, Events: events }),
    find,
    add(event) {
      if (find(event.EventId)) throw new RangeError(`Event ${event.EventId} stands in the document already.`);
      change([...events, event], "added", event);
    },
    start(eventId, action = "started") {
      const event = demand(eventId);
      if (event.EventStatus === "Started") return;
      replace(event, { ...event, EventStatus: "Started", NotBefore: "" }, action);
    },
    update(eventId, patch) {
      const event = demand(eventId);
      replace(event, { ...event, ...wirePatch(patch) }, "updated");
    },
    remove(eventId) {
      const event = demand(eventId);
      change(
        events.filter((other) => other !== event),
        "removed",
        event,
      );
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function sameId(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}
