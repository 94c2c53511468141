import { isDeepStrictEqual } from "node:util";

import { systemClock } from "../time/clock.ts";
import type { SimulatorClock } from "../time/clock.ts";
import { alwaysOn } from "./enabling.ts";
import type { Enabling } from "./enabling.ts";
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
  /** Notes a request of a client; resolves when its answer may be made, see `EnablingOptions`. */
  asked(): Promise<void>;
  /** What a client sees now. */
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
  /** Puts an event back that was removed, as it last stood; throws a RangeError when none of that id was. */
  restore(eventId: string): void;
  /** Shows another document, its DocumentIncarnation included; each event that differs is told as a change. */
  replace(document: ScheduledEventsDocument): void;
  /** Lets the next change raise DocumentIncarnation by so many more than one. */
  skipIncarnations(count: number): void;
  /** Sets DocumentIncarnation at once, back as well; the events stay. */
  resetIncarnation(to?: number): void;
  /** Ends what waits for the service to be switched on: these answers are never made. */
  stop(): void;
  /** Calls the listener after each change, until the returned function is called. */
  onChange(listener: (change: DocumentChange) => void): () => void;
}

/** An empty document of incarnation 1, which is what captures of a newly enabled service show. */
export function createLiveDocument(
  clock: SimulatorClock = systemClock,
  enabling: Enabling = alwaysOn,
): LiveDocument {
  let incarnation = 1;
  let skipped = 0;
  let hidden = false;
  const removed = new Map<string, ScheduledEvent>();
  let events: readonly ScheduledEvent[] = [];
  const waiting = new Set<() => void>();
  const listeners = new Set<(change: DocumentChange) => void>();

  const find = (eventId: string) => events.find((event) => sameId(event.EventId, eventId));

  const demand = (eventId: string) => {
    const event = find(eventId);
    if (event === undefined) throw new RangeError(`No event ${eventId} in the document.`);
    return event;
  };

  const tell = (action: DocumentChange["action"], event: ScheduledEvent) => {
    const record = { action, event, incarnation, at: clock.now() };
    for (const listener of listeners) listener(record);
  };

  const change = (
    next: readonly ScheduledEvent[],
    action: DocumentChange["action"],
    event: ScheduledEvent,
  ) => {
    events = next;
    incarnation += 1 + skipped;
    skipped = 0;
    tell(action, event);
  };

  const replace = (before: ScheduledEvent, after: ScheduledEvent, action: DocumentChange["action"]) => {
    if (isDeepStrictEqual(before, after)) return;
    change(
      events.map((event) => (event === before ? after : event)),
      action,
      after,
    );
  };

  const add = (event: ScheduledEvent) => {
    if (find(event.EventId)) throw new RangeError(`Event ${event.EventId} stands in the document already.`);
    change([...events, event], "added", event);
  };

  return {
    asked() {
      const { switchedOn, wait } = enabling.asked();
      if (switchedOn) [incarnation, hidden] = [1, true];
      if (wait === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(wait, () => {
          waiting.delete(cancel);
          resolve();
        });
        waiting.add(cancel);
      });
    },
    snapshot() {
      if (!enabling.showsEvents) return { DocumentIncarnation: 1, Events: [] };
      // Events that stood there already appear as a change.
      if (hidden && events.length > 0 && incarnation === 1) incarnation = 2;
      hidden = false;
      return { DocumentIncarnation: incarnation, Events: events };
    },
    find,
    add,
    start(eventId, action = "started") {
      const event = demand(eventId);
      if (event.EventStatus === "Started") return;
      replace(event, { ...event, EventStatus: "Started", NotBefore: "" }, action);
    },
    update(eventId, patch) {
      const event = demand(eventId);
      const after = { ...event, ...wirePatch(patch) };
      if (!sameId(event.EventId, after.EventId))
        throw new RangeError(`An EventId may change only its letter case: ${after.EventId} is another one.`);
      replace(event, after, "updated");
    },
    remove(eventId) {
      const event = demand(eventId);
      removed.set(keyOf(eventId), event);
      change(
        events.filter((other) => other !== event),
        "removed",
        event,
      );
    },
    restore(eventId) {
      const event = removed.get(keyOf(eventId));
      if (event === undefined) throw new RangeError(`No event ${eventId} was removed from the document.`);
      add(event);
    },
    replace(document) {
      const changes = changesBetween(events, document.Events);
      events = document.Events;
      incarnation = document.DocumentIncarnation;
      for (const [action, event] of changes) tell(action, event);
    },
    skipIncarnations(count) {
      skipped = wholeNumber(count);
    },
    resetIncarnation(to = 1) {
      incarnation = wholeNumber(to);
    },
    stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Change = readonly [DocumentChange["action"], ScheduledEvent];

/** What happened from one list of events to another, as far as that can be told. */
function changesBetween(
  before: readonly ScheduledEvent[],
  after: readonly ScheduledEvent[],
): readonly Change[] {
  const old = new Map(before.map((event) => [keyOf(event.EventId), event]));
  const changes = after.flatMap((event): readonly Change[] => {
    const known = old.get(keyOf(event.EventId));
    old.delete(keyOf(event.EventId));
    if (known === undefined) return [["added", event]];
    if (isDeepStrictEqual(known, event)) return [];
    const started = event.EventStatus === "Started" && known.EventStatus !== "Started";
    return [[started ? "started" : "updated", event]];
  });
  return [...changes, ...[...old.values()].map((event): Change => ["removed", event])];
}

function keyOf(eventId: string): string {
  return eventId.toUpperCase();
}

function sameId(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

function wholeNumber(value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`An incarnation is a whole number, not ${value}.`);
}
