import type { ScheduledEventEntry } from "@forewarn/imds";
import { formatDuration, oneLine } from "@forewarn/sdk";
import { shortTime } from "../local-time.ts";

/** Most names of VMs in one cell. */
const mostNames = 2;

/** Whether an event names the VM of this name; undefined while that name is unknown. */
export function affectsSelf({ resources }: ScheduledEventEntry, ownName: string | null): boolean | undefined {
  if (ownName === null) return undefined;
  return resources.some((name) => name.toLowerCase() === ownName.toLowerCase());
}

/** The VMs of an event, this one first and marked. */
export function vmsText(entry: ScheduledEventEntry, ownName: string | null): string {
  const { resources } = entry;
  if (resources.length === 0) return "?";
  const self = affectsSelf(entry, ownName) === true;
  const others = self ? resources.filter((name) => name.toLowerCase() !== ownName?.toLowerCase()) : resources;
  const shown = (self ? [`${ownName} (this VM)`, ...others] : others).map(oneLine);
  const more = shown.length - mostNames;
  return [...shown.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** When Azure starts it at the soonest; without the day where it is that of `now`. */
export function whenText({ notBefore, notBeforeRaw, eventStatus }: ScheduledEventEntry, now: number): string {
  if (notBefore !== null) return shortTime(notBefore, now);
  if (notBeforeRaw !== "") return oneLine(notBeforeRaw);
  return eventStatus === "Started" ? "now" : "?";
}

/** How long it is until then. */
export function leftText({ notBefore }: ScheduledEventEntry, now: number): string {
  if (notBefore === null) return "-";
  return notBefore > now ? formatDuration(notBefore - now) : `${formatDuration(now - notBefore)} ago`;
}

/** How long it is expected to last. */
export function lastsText({ durationSeconds }: ScheduledEventEntry): string {
  return durationSeconds === null
    ? "?"
    : durationSeconds === 0
      ? "no impact"
      : formatDuration(durationSeconds * 1000);
}

/** A scheduled event for programs; times in RFC 3339, `affectsSelf` absent while the VM's name is unknown. */
export function entryJson(entry: ScheduledEventEntry, ownName: string | null): object {
  const { notBefore, ...rest } = entry;
  const self = affectsSelf(entry, ownName);
  return {
    ...rest,
    notBefore: notBefore === null ? null : new Date(notBefore).toISOString(),
    ...(self === undefined ? {} : { affectsSelf: self }),
  };
}
