import { formatNotBefore, minimumNotice, newEventId } from "./scheduled-event.ts";
import type { EventType, ScheduledEvent } from "./scheduled-event.ts";

/** What may be changed on an event, of its EventId only the letter case; a `Date` as NotBefore is rounded up to whole seconds, a string is served as given. */
export type EventPatch = Partial<Omit<ScheduledEvent, "NotBefore">> & {
  readonly NotBefore?: Date | string;
};

/** A new event: only its type is required, the rest defaults to a platform event that affects the simulated VM. */
export type NewScheduledEvent = EventPatch & Pick<ScheduledEvent, "EventType">;

/** A patch as it stands on the wire: its NotBefore is text. */
export function wirePatch(patch: EventPatch): Partial<ScheduledEvent> {
  const { NotBefore, ...rest } = patch;
  if (NotBefore === undefined) return rest;
  return {
    ...rest,
    NotBefore: typeof NotBefore === "string" ? NotBefore : formatNotBefore(NotBefore.getTime()),
  };
}

/** The whole event; without a NotBefore it gets, from `now`, the documented minimum notice of its type, divided by the time scale. */
export function completeEvent(
  event: NewScheduledEvent,
  vmName: string,
  timeScale: number,
  now: number = Date.now(),
): ScheduledEvent {
  const { EventId = newEventId(), EventType, ...rest } = event;
  const notice = minimumNotice[EventType as EventType] ?? minimumNotice.Freeze;
  return {
    EventId,
    EventStatus: "Scheduled",
    EventType,
    ResourceType: "VirtualMachine",
    Resources: [vmName],
    NotBefore: rest.EventStatus === "Started" ? "" : formatNotBefore(now + (notice * 1000) / timeScale),
    Description: "",
    EventSource: "Platform",
    DurationInSeconds: -1,
    ...wirePatch(rest),
  };
}
