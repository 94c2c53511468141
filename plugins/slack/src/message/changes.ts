import { type ScheduledEventData, atLeast } from "@forewarn/sdk";
import { code, localTime } from "./mrkdwn.ts";
import { lasts } from "./lasts.ts";
import type { Earlier } from "./stories.ts";

type Field = (before: ScheduledEventData) => string;

/** What a field is called, and what it was where an earlier message has told it. */
const fields: Readonly<Record<string, readonly [name: string, was: Field]>> = {
  notBefore: ["time", ({ notBefore }) => (notBefore === null ? "" : localTime(Date.parse(notBefore)))],
  resources: [
    "VMs",
    ({ resources }) =>
      resources
        .slice(0, 10)
        .map((name) => code(name, 60))
        .join(" "),
  ],
  eventType: ["type", ({ eventType }) => code(eventType, 60)],
  status: ["status", ({ status }) => code(status, 60)],
  durationSeconds: ["duration", ({ durationSeconds }) => lasts(durationSeconds)],
  eventSource: ["cause", ({ eventSource }) => (eventSource === null ? "" : code(eventSource, 60))],
  description: ["Azure's words", () => ""],
  resourceType: ["resource type", ({ resourceType }) => code(resourceType, 60)],
};

/** What an update has changed, and from what where that is known: `time (was today 10:00:00), duration`. */
export function changesOf({ changed = [] }: ScheduledEventData, { data: before }: Earlier): string {
  const told = changed.slice(0, 10).map((field) => {
    const [name, was] = (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? [
      code(field, 60),
      () => "",
    ];
    const old = before === undefined ? "" : was(before);
    return old === "" ? name : `${name} (was ${old})`;
  });
  return told.length === 0 ? "its content" : told.join(", ");
}

/**
 * Whether an update needs a person: it comes sooner, is worse, lasts longer, or concerns this VM only now. Where nobody
 * knows what it was, anything but Azure's words counts.
 */
export function isWorse(data: ScheduledEventData, { data: before }: Earlier): boolean {
  if (before === undefined) return (data.changed ?? []).some((field) => field !== "description");
  const sooner =
    data.notBefore !== null &&
    before.notBefore !== null &&
    Date.parse(data.notBefore) < Date.parse(before.notBefore);
  return (
    sooner ||
    data.eventType !== before.eventType ||
    (data.affectsSelf === true && before.affectsSelf === false) ||
    !atLeast(before.impact, data.impact) ||
    (data.durationSeconds ?? 0) > (before.durationSeconds ?? 0)
  );
}
