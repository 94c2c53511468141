import type { ScheduledEvent, ScheduledEventsDocument } from "./scheduled-event.ts";

/** The api-versions of `/metadata/scheduledevents`, ascending (Azure docs: Scheduled Events, version and region availability). */
export const scheduledEventsVersions: readonly string[] = [
  "2017-03-01",
  "2017-08-01",
  "2017-11-01",
  "2019-01-01",
  "2019-04-01",
  "2019-08-01",
  "2020-07-01",
];

const typeSince: Readonly<Record<string, string>> = { Preempt: "2017-11-01", Terminate: "2019-01-01" };

/**
 * The document as an api-version shows it: without younger fields and younger event types, and at 2017-03-01 with a
 * `_` before each resource name. Versions are ISO dates, so that they compare as text.
 */
export function documentAt(version: string, document: ScheduledEventsDocument): object {
  const known = document.Events.filter(({ EventType }) => version >= (typeSince[EventType] ?? ""));
  return { ...document, Events: known.map((event) => eventAt(version, event)) };
}

function eventAt(version: string, event: ScheduledEvent): object {
  const { Description, EventSource, DurationInSeconds, ...first } = event;
  return {
    ...first,
    ...(version < "2017-08-01" && { Resources: first.Resources.map((name) => `_${name}`) }),
    ...(version >= "2019-04-01" && { Description }),
    ...(version >= "2019-08-01" && { EventSource }),
    ...(version >= "2020-07-01" && { DurationInSeconds }),
  };
}
